"""The command `mgeprof`."""
