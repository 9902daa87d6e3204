"""Inside the VM: `micropython`, whose choice of the interrupt character reaches the host as well.

The host plays the terminal's part: it turns that character into an interrupt of the running program.
"""

import vm_link
from micropython import *  # noqa: F403  the built-in module's names stay


def kbd_intr(char):
    """Set the character that interrupts a program; -1 for none."""
    vm_link.interrupt_char(char)
