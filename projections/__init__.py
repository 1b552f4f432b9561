"""Read models, and the projector that drives them."""
