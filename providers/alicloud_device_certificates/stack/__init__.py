"""What a whole stack does with certificates: its config, its outputs, references to other stacks, and bundles."""
