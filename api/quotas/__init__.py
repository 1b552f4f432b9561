"""How much an account may use, and how much it does."""
