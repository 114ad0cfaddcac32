"""The data sources: what a program declares, and how a certificate's fields become its attributes."""
