"""The data sources that a program declares, and the attributes of a certificate."""
