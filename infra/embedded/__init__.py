"""The embedded stack: every service of mgeprof on one machine, under one supervisor."""
