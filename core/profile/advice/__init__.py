"""Rules that look at a profile and say what could be done: one rule a file, each a pure ``look(document) -> Finding | None``."""
