"""Tasks: submit, look at, cancel."""
