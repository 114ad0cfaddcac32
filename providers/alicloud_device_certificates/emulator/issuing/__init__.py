"""Certificates and keys, issued as a scenario describes them."""
