"""Everything about one task that its page shows, but for the profile itself."""
