"""Benches: each measures both sides in one run. `python -m bench` prints the table."""
