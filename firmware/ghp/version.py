"""Version of the firmware, shown by `version` and sent with every record."""

VERSION = "0.1.0"
BUILD = "development"
