"""Read a whole fleet: list its certificates, read each one, and keep what the data source asks for."""
