"""The runners: what they are, what they can run, and whether they are there."""
