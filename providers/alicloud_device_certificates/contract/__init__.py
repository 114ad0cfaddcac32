"""What crosses a process: the names, fields, IDs and texts that program, provider, gate and emulator share."""
