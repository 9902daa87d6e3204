"""The sweep: every input dead in every state of the engine's sequence must come to a defined end."""
