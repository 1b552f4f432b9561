"""Everything that can go wrong, as RFC 9457 problem documents."""
