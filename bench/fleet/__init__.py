"""How much the control plane carries: real broker, database and processes, and runners that run nothing."""
