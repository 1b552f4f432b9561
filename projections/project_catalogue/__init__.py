"""The projects that people made."""
