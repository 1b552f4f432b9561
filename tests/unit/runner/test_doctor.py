import pytest

from runner.doctor import secure


@pytest.mark.parametrize(
    ("url", "is_secure"),
    [
        ("https://mgeprof.example", True),
        ("tls://broker.example:4222", True),
        ("wss://broker.example", True),
        ("http://127.0.0.1:8080", True),
        ("nats://localhost:4222", True),
        ("http://[::1]:9000", True),
        ("http://s3.example:9000", False),
        ("nats://broker.example:4222", False),
        ("http://127.0.0.1.example", False),
    ],
)
def test_off_this_machine_a_line_has_to_be_encrypted(url: str, is_secure: bool) -> None:
    assert secure(url) is is_secure
