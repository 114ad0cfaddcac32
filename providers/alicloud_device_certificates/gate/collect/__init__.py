"""Collect each certificate from a preview or from a deployed state."""
