"""The device daemon: takes orders, measures models with the engine in a child process, and reports."""
