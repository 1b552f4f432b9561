"""Datasets: named sets of inputs, to be used by many tasks."""
