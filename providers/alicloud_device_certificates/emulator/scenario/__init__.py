"""What the emulated world holds, as a file describes it."""
