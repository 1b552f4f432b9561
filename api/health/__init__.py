"""How the process is doing."""
