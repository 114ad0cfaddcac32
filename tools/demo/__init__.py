"""``make demo``: the real engine reads the certificates of stack ``dev`` from the emulator."""
