"""Models as their owners know them: with their names."""
