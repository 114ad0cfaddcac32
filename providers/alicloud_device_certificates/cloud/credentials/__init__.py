"""Who signs: static keys, or the vendor's own credentials library."""
