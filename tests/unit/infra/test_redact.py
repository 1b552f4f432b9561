"""Nothing secret leaves in a support bundle."""

from __future__ import annotations

import pytest

from infra.embedded.home import Secrets
from infra.support.redact import HIDDEN, redacted

SECRETS = Secrets.make()
KEY = SECRETS.token


@pytest.mark.parametrize("name", [name for name in vars(SECRETS) if name != "runner_id"])
def test_every_secret_of_a_home_is_taken_out(name: str) -> None:
    secret = getattr(SECRETS, name)
    assert secret not in redacted(f'{{"event": "said {secret}", "n": 7}}', vars(SECRETS).values())


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://mgeprof:opensesame@db:5432/mgeprof", "opensesame"),
        ("GET /x?X-Amz-Signature=0a1b2c3d&y=1", "0a1b2c3d"),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        (f"http://h/connect#{KEY.removeprefix('mgp_')}", KEY.removeprefix("mgp_")),
        (f"the seed {SECRETS.nats_run} of nobody we know", SECRETS.nats_run),
        (f"the issuer {SECRETS.nats_issuer}", SECRETS.nats_issuer),
        ('{"password": "hunter2hunter2"}', "hunter2hunter2"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ],
    # The secrets are others in each process, and tests are called alike in all of them.
    ids=("database", "presigned", "bearer", "link", "seed", "issuer", "password", "webhook"),
)
def test_what_looks_like_a_secret_is_taken_out_although_nobody_named_it(text: str, secret: str) -> None:
    assert secret not in redacted(text, ())
    assert HIDDEN in redacted(text, ())


def test_what_helps_stays() -> None:
    line = '{"request_id": "0199b7a0-aaaa-7bbb-8ccc-0123456789ab", "path": "/api/v1/tasks", "status": 503}'
    assert redacted(line, vars(SECRETS).values()) == line
