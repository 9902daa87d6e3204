"""The soak: days of ordinary weather and ordinary use, in which nothing may trip."""
