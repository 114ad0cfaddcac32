"""What crosses a process: names, fields, IDs and texts that program, provider, gate and emulator agree on."""
