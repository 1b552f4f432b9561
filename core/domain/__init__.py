"""Pure decisions: ``decide(state, command, now) -> fact | None`` and ``evolve(state, fact, at) -> state``. No I/O, clock or randomness."""
