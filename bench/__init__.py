"""The benchmark that ``make bench`` runs."""
