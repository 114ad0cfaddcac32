"""The emulated world: scenario, issued certificates and what commands changed."""
