"""Who did what and when: what people did, one row an event."""
