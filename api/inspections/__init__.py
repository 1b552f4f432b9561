"""Inspections: what runners found out about models without running them."""
