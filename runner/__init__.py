"""The device daemon: takes orders, runs them in the engine, reports."""
