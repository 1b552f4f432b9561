"""Backup and restore: the event log, the api's tables and the bucket, to one consistent sequence."""
