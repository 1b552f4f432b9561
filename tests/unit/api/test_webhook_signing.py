from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api.webhooks import signing
from api.webhooks.schedule import Schedule

VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The convention's own example: its secret, message, moment and signature."""
VECTOR = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_vector_of_the_convention() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    body = '{"test": 2432232314}'
    headers = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, [VECTOR_SECRET])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": VECTOR,
    }


def test_either_secret_verifies_during_a_rotation() -> None:
    old, new, other = (signing.new_secret() for _ in range(3))
    body = '{"a":"ä"}'
    headers = signing.headers("id", datetime.now(UTC), body, [new, old])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers) == {"a": "ä"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)


def test_what_was_changed_does_not_verify() -> None:
    secret = signing.new_secret()
    at = datetime.now(UTC)
    headers = signing.headers("id", at, "{}", [secret])
    for changed in (
        {**headers, "webhook-id": "another"},
        {**headers, "webhook-timestamp": str(int(at.timestamp()) - 1)},
        signing.headers("id", at - timedelta(minutes=6), "{}", [secret]),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify("{}", changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify("{ }", headers)


def test_secrets_are_long_and_differ() -> None:
    secrets = {signing.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in secrets)


def test_waits_double_up_to_six_hours_and_end_after_three_days() -> None:
    schedule = Schedule(5, 21_600, 3 * 86_400)
    first = now = datetime(2026, 1, 1, tzinfo=UTC)
    waits, tries = [], 1
    while (again := schedule.next_at(tries, first, now)) is not None:
        waits.append((again - now).total_seconds())
        now, tries = again, tries + 1
    assert 4 <= waits[0] <= 6
    assert all(later <= 21_600 * 1.2 for later in waits)
    assert timedelta(days=3) <= now - first <= timedelta(days=3, hours=7.3)
    assert 18 <= len(waits) <= 30


def test_a_receiver_may_ask_for_a_longer_wait_within_reason() -> None:
    schedule = Schedule(5, 600, 3600)
    assert schedule.wait_s(1, 60) == 60
    assert schedule.wait_s(1, 0) == 5
    assert schedule.wait_s(1, 1e9) == 600
    assert schedule.wait_s(1000) == 600
