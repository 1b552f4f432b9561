"""Which option of a measurement works where, as data."""
