from __future__ import annotations

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
