"""Runs the engine as a child process, in the engine's own Python, and classifies how that ended."""
