"""The web dashboard's files, as `make setup` built them."""
