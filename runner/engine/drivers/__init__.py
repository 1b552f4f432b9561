"""Two ways to run MegEngine behind one protocol: the Python wheel, and a load_and_run binary that somebody built."""
