"""The Pulumi engine of this checkout: the CLI with its Python language host, from PATH, the official download or Go."""
