from __future__ import annotations

import asyncio
from threading import Event

import pytest

from api.accounts.names import key_of
from api.accounts.passwords import Passwords, check
from api.errors.problem import RefusedError
from tests.unit.api.counted import Counted, parameters


async def test_known_and_unknown_names_verify_one_hash_of_the_same_parameters() -> None:
    hasher = Counted()
    passwords = Passwords(1, hasher)
    await passwords.prepare()
    known = await passwords.hash("the right password")
    hashed = hasher.hashed
    outcomes = [await passwords.verify("some password", one) for one in (known, None)]
    assert (outcomes, len(hasher.verified), hasher.hashed) == ([False, False], 2, hashed)
    assert len({parameters(one) for one in hasher.verified}) == 1
    passwords.close()


async def test_only_the_right_password_of_somebody_is_right() -> None:
    passwords = Passwords(2)
    known = await passwords.hash("the right password")
    assert await passwords.verify("the right password", known)
    assert not await passwords.verify("the right passwor", known)
    assert not await passwords.verify("the password of nobody", None)
    assert not await passwords.verify("x" * 1025, known)
    assert not passwords.is_outdated(known)
    assert passwords.is_outdated(known.replace("m=19456", "m=1024"))
    passwords.close()


class Held:
    """Hashes nothing until it is let go."""

    def __init__(self) -> None:
        self.go = Event()

    def hash(self, password: str) -> str:
        return password

    def verify(self, password: str, hash: str) -> bool:  # noqa: A002 - pwdlib's name
        self.go.wait(60)
        return password == hash

    def check_needs_rehash(self, hash: str) -> bool:  # noqa: A002 - pwdlib's name
        return not hash


async def test_who_comes_while_too_many_wait_is_asked_to_come_again() -> None:
    hasher = Held()
    passwords = Passwords(1, hasher, most=3)
    await passwords.prepare()
    waiting = [asyncio.create_task(passwords.verify("right", known)) for known in ("right", None, "right")]
    await asyncio.sleep(0.1)
    for known in ("right", None):
        with pytest.raises(RefusedError) as refused:
            await passwords.verify("right", known)
        assert refused.value.code == "hashing_busy"
    hasher.go.set()
    assert await asyncio.gather(*waiting) == [True, False, True]
    assert await passwords.verify("right", "right")
    passwords.close()


@pytest.mark.parametrize(
    "password", ["123456789", "", "x" * 1025, "Ada Lovelace", "\uff21da Lovelace", "ada@example.org"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check(password, "Ada Lovelace", "ada@example.org")
    assert refused.value.code == "password_weak"


def test_long_and_foreign_passwords_are_fine() -> None:
    for password in ("1234567890", "x" * 1024, "正确的马电池订书钉和更多", "Ada Lovelace's cat"):
        check(password, "Ada Lovelace", None)


def test_names_that_look_alike_are_one() -> None:
    assert len({key_of(name) for name in ("Straße", "STRASSE", "strasse ", "\uff33trasse")}) == 1
    assert key_of("ada") != key_of("adá")
