"""What an installation on several machines or containers needs before its first start: keys, and files that name them."""
