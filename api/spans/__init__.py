"""What pages tell of their own spans."""
