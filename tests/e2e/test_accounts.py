"""A person who was invited: in through the command line, a key for a program, out again."""

from __future__ import annotations

import json
import secrets
import stat
from pathlib import Path

import pytest

from infra.cli.first_admin import first_admin_link
from infra.embedded.stack import Stack
from tests.e2e.user import CommandLine, User

PASSWORD, NEXT = "correct horse battery", "another good password"


@pytest.fixture
def machine(stack: Stack, tmp_path: Path) -> CommandLine:
    """A machine on which nobody is logged in yet."""
    return CommandLine(
        {"MGEPROF_URL": stack.url, "MGEPROF_TOKEN": "", "MGEPROF_CONFIG_DIR": str(tmp_path), "COLUMNS": "200"}
    )


async def test_a_person_comes_in_by_invitation_and_works_with_keys(
    mgeprof: CommandLine, machine: CommandLine, stack: Stack, tmp_path: Path
) -> None:
    invitation = (await mgeprof("invite")).out.strip()
    name = f"person {secrets.token_hex(4)}"
    said = await machine.told("register", name, "--link", invitation, lines=[PASSWORD])
    assert (said.code, name in said.err) == (0, True), said.err
    kept = tmp_path / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in kept.read_text()

    me = (await machine("whoami", "--json")).json
    assert (me["name"], me["role"], me["via"]) == (name, "user", "key")
    said = await machine.told("keys", "create", "CI", "--scope", "read", lines=["not my password"])
    assert (said.code, said.out) == (1, "")
    said = await machine.told("keys", "create", "CI", "--scope", "read", lines=[PASSWORD])
    assert said.code == 0, said.err
    program = CommandLine({**machine.environment, "MGEPROF_TOKEN": said.out.strip()})
    assert (await program("ls", "--json")).json["items"] == []
    assert "scope" in (await program("keys", "revoke", me["id"])).err

    [key] = [one["id"] for one in (await machine("keys", "ls", "--json")).json["items"] if one["name"] == "CI"]
    assert (await machine("keys", "revoke", key)).code == 0
    assert (await program("ls")).code == 1

    assert (await machine.told("passwd", lines=[PASSWORD, NEXT])).code == 0
    own = User.with_token(stack, kept_key(kept))
    assert (await machine("logout")).code == 0
    assert (await own.http.get("/api/v1/me")).status_code == 401
    await own.http.aclose()
    assert (await machine("whoami")).code == 1
    assert (await machine.told("login", name, lines=[PASSWORD])).code == 1
    said = await machine.told("login", name, "--scope", "read", lines=[NEXT])
    assert said.code == 0, said.err
    assert (await machine("whoami", "--json")).json["scopes"] == ["read"]


async def test_the_stack_offers_to_make_an_administrator_until_there_is_one(
    user: User, machine: CommandLine, stack: Stack
) -> None:
    link = await first_admin_link(stack)
    assert (link is not None) == (await user.get("/auth"))["first_admin_missing"]
    if link is not None:  # no other test made one before
        said = await machine.told("register", f"admin {secrets.token_hex(4)}", "--link", link, lines=[PASSWORD])
        assert said.code == 0, said.err
        assert (await machine("whoami", "--json")).json["role"] == "admin"
    assert await first_admin_link(stack) is None


def kept_key(file: Path) -> str:
    [credential] = json.loads(file.read_text())["servers"].values()
    key: str = credential["key"]
    return key
