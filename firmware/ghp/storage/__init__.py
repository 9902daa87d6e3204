"""What survives a reset and a power cut."""
