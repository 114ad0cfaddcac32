"""What the repository tells of the outputs, made from the one list of them that the code has."""
