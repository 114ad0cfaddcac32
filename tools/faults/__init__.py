"""A service that answers badly, and what is measured against it: ``make faults``, ``make soak`` and ``make fuzz``."""
