"""The embedded stack, the mgeprof entry point, engine environments and example models."""
