"""The object store: the only package that speaks S3."""
