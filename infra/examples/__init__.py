"""Example models, built on the spot with MegEngine: no model file is committed."""
