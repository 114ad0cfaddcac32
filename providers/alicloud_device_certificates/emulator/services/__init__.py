"""The emulated services: a module for each, or for each operation, which ``registry`` discovers by its OPERATIONS."""
