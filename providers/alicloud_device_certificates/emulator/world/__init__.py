"""The emulated cloud as it is now: devices, certificates, and what commands changed."""
