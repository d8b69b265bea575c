"""What start.py does once it runs on a Python that can: standard library only."""
