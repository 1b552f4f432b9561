"""What runs inside of the engine's process. Imports the standard library only (Python 3.10)."""
