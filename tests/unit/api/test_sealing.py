"""Secrets of webhooks, as they stand in the database."""

from __future__ import annotations

from base64 import b64decode, b64encode
from uuid import UUID

import pytest

from api.webhooks.sealing import Sealer, SealError
from api.webhooks.settings import WebhookSettings
from api.webhooks.signing import new_secret

ONE, OTHER = UUID(int=1), UUID(int=2)
OLD, NEW = "o" * 32, "n" * 32


def sealer(**keys: str) -> Sealer:
    return Sealer.of(WebhookSettings.model_validate(keys))


def test_what_is_sealed_can_be_opened_with_the_key_and_in_its_place_only() -> None:
    secret, first = new_secret(), sealer(key=OLD)
    kept = first.seal(secret, ONE)
    assert secret not in kept
    assert kept != first.seal(secret, ONE)
    assert first.unseal(kept, ONE) == secret
    for who, place in ((first, OTHER), (sealer(key=NEW), ONE), (sealer(), ONE)):
        with pytest.raises(SealError):
            who.unseal(kept, place)


def test_a_key_can_be_changed() -> None:
    secret, both = new_secret(), sealer(key=NEW, key_previous=OLD)
    old = sealer(key=OLD).seal(secret, ONE)
    assert both.unseal(old, ONE) == secret
    assert not both.is_fresh(old)
    fresh = both.seal(secret, ONE)
    assert both.is_fresh(fresh)
    assert sealer(key=NEW).unseal(fresh, ONE) == secret


def test_what_an_older_program_left_is_read_and_sealed_next() -> None:
    secret = new_secret()
    assert sealer(key=NEW).unseal(secret, ONE) == secret
    assert not sealer(key=NEW).is_fresh(secret)
    assert not sealer().is_fresh(secret)


def test_nothing_is_sealed_without_a_key() -> None:
    with pytest.raises(SealError, match="no key"):
        sealer().seal(new_secret(), ONE)


@pytest.mark.parametrize("place", range(3))
def test_what_was_changed_is_not_opened(place: int) -> None:
    words = sealer(key=OLD).seal(new_secret(), ONE).split(":")
    broken = bytearray(b64decode(words[2]))
    broken[-1] ^= 1
    words[place] = ["sealed2", "0" * 12, b64encode(broken).decode()][place]
    with pytest.raises(SealError):
        sealer(key=OLD).unseal(":".join(words), ONE)


@pytest.mark.parametrize("text", ["", "sealed1", "sealed1:", "::", "sealed1:x:ä"])
def test_what_is_no_sealed_secret_is_not_opened(text: str) -> None:
    with pytest.raises(SealError):
        sealer(key=OLD).unseal(text, ONE)


def test_neither_keys_nor_secrets_are_shown() -> None:
    settings = WebhookSettings.model_validate({"key": OLD})
    assert OLD not in repr(settings)
    assert OLD not in repr(Sealer.of(settings))
