from __future__ import annotations

import stat
from pathlib import Path

import pytest

from client.connection import Connection, find_connection
from client.credentials import Credential, Credentials, CredentialsError
from tests.unit.client.test_connection import make_home

ONE, OTHER = Credential("mgp_one", "ada", "1"), Credential("mgp_other", "bo")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"MGEPROF_CONFIG_DIR": str(tmp_path / "config")}


def test_each_server_has_its_own_and_the_last_login_is_the_current(environment: dict[str, str]) -> None:
    kept = Credentials(environment)
    assert (kept.current, kept.of("http://a")) == (None, None)
    kept.keep("http://a", ONE)
    kept.keep("http://b", OTHER)
    assert (kept.current, kept.of("http://a"), kept.of("http://b")) == ("http://b", ONE, OTHER)
    kept.forget("http://b")
    assert (kept.current, kept.of("http://b")) == ("http://a", None)
    kept.forget("http://a")
    assert kept.current is None


def test_nobody_else_can_read_them(environment: dict[str, str]) -> None:
    kept = Credentials(environment)
    kept.keep("http://a", ONE)
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.file.parent.stat().st_mode) == 0o700
    assert [file.name for file in kept.file.parent.iterdir()] == ["credentials.json"]
    assert "mgp_one" not in repr(ONE)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"current": 1, "servers": 2}'])
def test_a_broken_file_is_named(environment: dict[str, str], text: str) -> None:
    kept = Credentials(environment)
    kept.file.parent.mkdir()
    kept.file.write_text(text)
    with pytest.raises(CredentialsError, match=r"credentials\.json"):
        kept.of("http://a")


def test_a_login_names_the_server_when_nothing_else_does(environment: dict[str, str], tmp_path: Path) -> None:
    Credentials(environment).keep("http://a", ONE)
    assert find_connection(environment=environment, folder=tmp_path) == Connection("http://a", "mgp_one")
    named = environment | {"MGEPROF_URL": "http://b"}
    assert find_connection(environment=named, folder=tmp_path) == Connection("http://b", "")
    assert find_connection(environment=named | {"MGEPROF_TOKEN": "t"}, folder=tmp_path).token == "t"


def test_a_login_goes_before_the_token_of_a_home_nearby_but_not_of_a_named_one(
    environment: dict[str, str], tmp_path: Path
) -> None:
    home = make_home(tmp_path / ".mgeprof")
    Credentials(environment).keep("http://127.0.0.1:8300", ONE)
    assert find_connection(environment=environment, folder=tmp_path).token == "mgp_one"
    assert find_connection(home=home, environment=environment, folder=tmp_path).token == "mgp_home"
