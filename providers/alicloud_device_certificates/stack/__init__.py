"""The certificates of a whole stack: its config, its outputs, references to other stacks, and bundles."""
