"""The operations of both services, and the forms in which they respond."""
