"""The settings of every process in one place: looked at before anything starts, and written down as a page."""
