"""From what was collected to findings."""
