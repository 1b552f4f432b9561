"""Secrets at rest: what stands in the database says nothing to whoever has not got a key that does not stand there."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from api.webhooks.settings import WebhookSettings
from api.webhooks.signing import PREFIX

_FORMAT: Final = "sealed1"
_PERSON, _NAME = b"mgeprof webhook", b"mgeprof key name"


class SealError(Exception):
    """It was not sealed with any key that is known here, or not for this webhook; or there is no key to seal with."""


@dataclass(frozen=True)
class Key:
    """``name`` stands beside what it sealed, and says nothing about it."""

    name: str
    box: Aead = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        raw = text.encode()
        name = hashlib.blake2b(raw, digest_size=6, person=_NAME).hexdigest()
        return cls(name, Aead(hashlib.blake2b(raw, digest_size=Aead.KEY_SIZE, person=_PERSON).digest()))


@dataclass(frozen=True)
class Sealer:
    """XChaCha20-Poly1305, bound to the webhook: the secret of one is no use in the row of another. The first key seals, all of them open.

    Secrets that stand there as they are come from a program that did not seal them.
    """

    keys: tuple[Key, ...] = ()

    @classmethod
    def of(cls, settings: WebhookSettings) -> Self:
        texts = [key.get_secret_value() for key in (settings.key, settings.key_previous) if key is not None]
        return cls(tuple(map(Key.of, texts)))

    def seal(self, secret: str, webhook: UUID) -> str:
        """Raises SealError without a key."""
        if not self.keys:
            raise SealError("there is no key to seal secrets of webhooks with")
        key = self.keys[0]
        return f"{_FORMAT}:{key.name}:{b64encode(key.box.encrypt(secret.encode(), webhook.bytes)).decode()}"

    def unseal(self, kept: str, webhook: UUID) -> str:
        """Raises SealError."""
        if kept.startswith(PREFIX):
            return kept
        form, name, sealed = [*kept.split(":", 2), "", ""][:3]
        key = next((key for key in self.keys if key.name == name), None)
        if form != _FORMAT or key is None:
            raise SealError(f"the secret of webhook {webhook} was sealed with a key that is not known here")
        try:
            return key.box.decrypt(b64decode(sealed, validate=True), webhook.bytes).decode()
        except (CryptoError, Base64Error, ValueError) as error:
            raise SealError(f"the secret of webhook {webhook} was changed in the database") from error

    def is_fresh(self, kept: str | None) -> bool:
        """Whether it is sealed with the key that seals now; nothing is."""
        return kept is None or (bool(self.keys) and kept.startswith(f"{_FORMAT}:{self.keys[0].name}:"))
