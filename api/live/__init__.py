"""Watching tasks as they go."""
