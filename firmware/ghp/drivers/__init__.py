"""The only room that may import machine, esp32, time, select and the serial streams."""
