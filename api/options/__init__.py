"""The options of a measurement: which there are, and which work where."""
