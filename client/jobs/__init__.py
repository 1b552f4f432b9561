"""Runs as objects: what a notebook or a script works with."""
