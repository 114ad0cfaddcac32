"""The reports of many stacks, read back from their JSON files and merged into one."""
