"""What administrators do: people, all runs, storage, retention, and who did what."""
