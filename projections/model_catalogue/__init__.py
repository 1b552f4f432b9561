"""The models that people uploaded."""
