"""Projects and tags: how people group runs and models. Their names stand in tables here; the log holds ids."""
