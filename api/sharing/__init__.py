"""Links that open one task to whoever holds them, to look at."""
