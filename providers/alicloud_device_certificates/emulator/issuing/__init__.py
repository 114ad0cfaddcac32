"""Certificates and keys, issued for what a scenario describes."""
