"""Curve keys of NATS (``SX…``, ``X…``), with which an auth callout's messages are sealed."""

import base64
import binascii

from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey
from nacl.utils import random

_VERSION = b"xkv1"
_NONCE = 24
_SEED, _CURVE = 18 << 3, 23 << 3


class SealError(Exception):
    """A message was not sealed for this key, or not by whom it says."""


def make_seed() -> str:
    """A new seed (``SX…``)."""
    prefix = bytes([_SEED | _CURVE >> 5, (_CURVE & 31) << 3])
    return _encoded(prefix + random(32))


def public_of(seed: str) -> str:
    """The public key (``X…``) of a seed."""
    return _encoded(bytes([_CURVE]) + bytes(_private(seed).public_key))


def seal(plain: bytes, seed: str, recipient: str) -> bytes:
    """For the holder of the public key ``recipient``."""
    box = Box(_private(seed), _public(recipient))
    nonce = random(_NONCE)
    return _VERSION + nonce + box.encrypt(plain, nonce).ciphertext


def unseal(sealed: bytes, seed: str, sender: str) -> bytes:
    """Raises SealError."""
    if not sealed.startswith(_VERSION):
        raise SealError("the message is not sealed")
    body = sealed[len(_VERSION) :]
    try:
        return Box(_private(seed), _public(sender)).decrypt(body[_NONCE:], body[:_NONCE])
    except (CryptoError, ValueError) as error:
        raise SealError("the message was not sealed for this key") from error


def _private(seed: str) -> PrivateKey:
    return PrivateKey(_decoded(seed)[2:-2])


def _public(key: str) -> PublicKey:
    return PublicKey(_decoded(key)[1:-2])


def _decoded(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def _encoded(raw: bytes) -> str:
    """With NATS's checksum behind it: CRC-16 of XMODEM, low byte first."""
    checksum = binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(raw + checksum).rstrip(b"=").decode()
