"""Events as outsiders read them."""
