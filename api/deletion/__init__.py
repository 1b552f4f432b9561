"""Deleting people, models, tasks and files although the log keeps everything: marked in a table, done, then forgotten."""
