"""What only a time to an event has: risk groups, curves, hazard ratios and their checks."""
