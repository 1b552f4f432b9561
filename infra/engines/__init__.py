"""Engine environments: finding a Python for MegEngine, and installing it."""
