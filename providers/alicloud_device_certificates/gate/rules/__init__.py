"""The kinds of findings, and how severe each is."""
