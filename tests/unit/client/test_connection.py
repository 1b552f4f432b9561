from __future__ import annotations

import json
from pathlib import Path

import pytest

from client.connection import Connection, find_connection
from client.errors import NoServerKnownError


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no logins"))


def make_home(home: Path, url: str | None = "http://127.0.0.1:8300", key: str | None = "mgp_home") -> Path:
    home.mkdir(parents=True)
    if url:
        (home / "stack.json").write_text(json.dumps({"pid": 1, "url": url, "ports": {}}))
    if key:
        (home / "token").write_text(key + "\n")
    return home


def test_finds_the_home_of_a_folder_above(tmp_path: Path) -> None:
    make_home(tmp_path / ".mgeprof")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_connection(environment={}, folder=deep) == Connection("http://127.0.0.1:8300", "mgp_home")


def test_argument_goes_before_environment_before_home(tmp_path: Path) -> None:
    make_home(tmp_path / ".mgeprof")
    environment = {"MGEPROF_URL": "http://env:1/", "MGEPROF_TOKEN": "mgp_env"}
    assert find_connection("http://arg:1", "mgp_arg", environment=environment, folder=tmp_path) == Connection(
        "http://arg:1", "mgp_arg"
    )
    assert find_connection(environment=environment, folder=tmp_path) == Connection("http://env:1", "mgp_env")


def test_a_named_home_goes_before_the_environment(tmp_path: Path) -> None:
    home = make_home(tmp_path / "elsewhere")
    environment = {"MGEPROF_URL": "http://env:1", "MGEPROF_TOKEN": "mgp_env"}
    assert find_connection(home=home, environment=environment, folder=tmp_path) == Connection(
        "http://127.0.0.1:8300", "mgp_home"
    )


def test_a_homes_token_is_not_shown_to_another_server(tmp_path: Path) -> None:
    make_home(tmp_path / ".mgeprof")
    assert find_connection("http://elsewhere:1", environment={}, folder=tmp_path).token == ""


def test_a_token_is_not_printed() -> None:
    assert "secret" not in repr(Connection("http://a", "secret"))


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "never started"])
def test_says_how_to_start_one(tmp_path: Path, stopped: bool) -> None:
    if stopped:
        make_home(tmp_path / ".mgeprof", url=None)
    with pytest.raises(NoServerKnownError, match="mgeprof up"):
        find_connection(environment={}, folder=tmp_path)


def test_a_named_home_without_a_stack_is_not_replaced_by_the_environment(tmp_path: Path) -> None:
    home = make_home(tmp_path / "stopped", url=None)
    with pytest.raises(NoServerKnownError, match="stopped"):
        find_connection(home=home, environment={"MGEPROF_URL": "http://env:1"}, folder=tmp_path)


def test_a_broken_stack_file_is_named(tmp_path: Path) -> None:
    home = make_home(tmp_path / ".mgeprof")
    (home / "stack.json").write_text("[]")
    with pytest.raises(NoServerKnownError, match=r"stack\.json"):
        find_connection(environment={}, folder=tmp_path)
