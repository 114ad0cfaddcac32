"""The kinds of findings, and the rules for their severity."""
