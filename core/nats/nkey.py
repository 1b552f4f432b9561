"""Keys of NATS users."""

import secrets

import nkeys


def user_seed() -> str:
    """A new seed (``SU…``): the secret half, which never leaves the machine that made it."""
    seed: bytes = nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)
    return seed.decode()


def public_key(seed: str) -> str:
    """The public half (``U…``)."""
    key: bytes = nkeys.from_seed(seed.encode()).public_key
    return key.decode()
