"""Accounts: who people are, how they get in, and what lets their programs in."""
