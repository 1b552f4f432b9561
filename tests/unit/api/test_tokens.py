"""Access tokens: whatever was not made here, for here, just now and in the one way is refused."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from api.accounts.tokens import ALGORITHM, AccessTokens, Claims
from api.errors.problem import RefusedError
from core.events.ids import AccountId

KEY, OTHER = "k" * 48, "o" * 48
CLAIMS = Claims(AccountId(UUID(int=1)), UUID(int=2))
TOKENS = AccessTokens((KEY,), 600)


def issued(**changed: Any) -> dict[str, Any]:
    """The body of a good token, changed; None takes a claim away."""
    body = jwt.decode(TOKENS.issue(CLAIMS), options={"verify_signature": False}) | changed
    return {name: value for name, value in body.items() if value is not None}


def key_id() -> str:
    return str(jwt.get_unverified_header(TOKENS.issue(CLAIMS))["kid"])


def signed(body: dict[str, Any], key: Any = KEY, algorithm: str = ALGORITHM) -> str:
    return jwt.encode(body, key, algorithm, {"kid": key_id()})


def part(of: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(of).encode()).rstrip(b"=").decode()


def refusal(token: str) -> str:
    with pytest.raises(RefusedError) as refused:
        TOKENS.read(token)
    return refused.value.code


def test_a_token_comes_back_as_it_went_out() -> None:
    assert TOKENS.read(TOKENS.issue(CLAIMS)) == CLAIMS
    assert TOKENS.read(signed(issued())) == CLAIMS


def test_other_algorithms_are_refused_also_with_the_right_key() -> None:
    assert refusal(signed(issued(), KEY * 2, "HS512")) == "token_refused"
    assert refusal(signed(issued(), KEY * 2, "HS384")) == "token_refused"
    # The classical confusion: a header that speaks of RSA over a signature made with the key as a plain secret.
    signing = f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': key_id()})}.{part(issued())}"
    signature = hmac.digest(KEY.encode(), signing.encode(), "sha256")
    assert refusal(f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}") == "token_refused"


def test_a_token_without_a_signature_is_refused() -> None:
    assert refusal(signed(issued(), None, "none")) == "token_refused"
    header, body, signature = TOKENS.issue(CLAIMS).split(".")
    assert refusal(f"{header}.{body}.") == "token_refused"
    assert refusal(f"{part({'alg': 'none', 'kid': key_id()})}.{body}.{signature}") == "token_refused"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "somebody"},
        {"iss": None},
        {"sub": None},
        {"sub": "admin"},
        {"sid": None},
        {"sid": "x"},
        {"exp": None},
        {"iat": None},
        {"iat": datetime.now(UTC) + timedelta(hours=1)},
    ],
)
def test_a_token_that_is_not_for_here_is_refused(changed: dict[str, Any]) -> None:
    assert refusal(signed(issued(**changed))) == "token_refused"


def test_a_token_that_is_over_says_so() -> None:
    past = datetime.now(UTC) - timedelta(seconds=606)
    assert refusal(AccessTokens((KEY,), 600, lambda: past).issue(CLAIMS)) == "token_expired"


def test_tampering_is_noticed_in_every_part() -> None:
    parts = TOKENS.issue(CLAIMS).split(".")
    for number in range(3):
        turned = [*parts]
        turned[number] = turned[number][:4] + ("A" if turned[number][4] != "A" else "B") + turned[number][5:]
        assert refusal(".".join(turned)) == "token_refused"


@pytest.mark.parametrize("nonsense", ["", ".", "..", "a.b.c", "mgr_x", "é.é.é", "." * 100, "e30.e30.e30"])
def test_nonsense_is_refused(nonsense: str) -> None:
    assert refusal(nonsense) == "token_refused"


def test_the_key_can_be_changed_while_tokens_are_out() -> None:
    old, new = AccessTokens((OTHER,), 600), AccessTokens((KEY, OTHER), 600)
    assert new.read(old.issue(CLAIMS)) == CLAIMS
    assert TOKENS.read(new.issue(CLAIMS)) == CLAIMS
    assert new.is_csrf(CLAIMS.session, old.csrf(CLAIMS.session))
    assert refusal(old.issue(CLAIMS)) == "token_refused"


def test_a_csrf_token_is_that_of_its_session() -> None:
    token = TOKENS.csrf(CLAIMS.session)
    assert TOKENS.is_csrf(CLAIMS.session, token)
    for session, given in (
        (UUID(int=3), token),
        (CLAIMS.session, ""),
        (CLAIMS.session, token[:-1]),
        (CLAIMS.session, "é"),
    ):
        assert not TOKENS.is_csrf(session, given)


def test_without_a_key_each_process_makes_its_own() -> None:
    one, other = AccessTokens((), 600), AccessTokens((), 600)
    assert one.read(one.issue(CLAIMS)) == CLAIMS
    with pytest.raises(RefusedError):
        other.read(one.issue(CLAIMS))
