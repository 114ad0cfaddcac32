"""From observed certificates to findings."""
