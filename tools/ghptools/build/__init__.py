"""What is made from the firmware's source: compiled modules, ROMFS images, sizes, the frozen manifest."""
