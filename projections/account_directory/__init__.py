"""What every account may do. What it is called stands in the api's own tables."""
