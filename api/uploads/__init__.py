"""Files on their way in: in parts, resumable after any restart of anything."""
