"""Where credentials come from: static keys, or the vendor's credentials library."""
