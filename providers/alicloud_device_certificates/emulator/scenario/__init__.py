"""Scenario files: what exists in the emulated cloud."""
