from __future__ import annotations

from uuid import UUID

from api.commands import command_id
from api.identity import Identity
from core.events.ids import AccountId

ONE, OTHER = (Identity(AccountId(UUID(int=n)), "x") for n in (1, 2))


def test_a_key_names_one_command_of_one_account() -> None:
    assert command_id(ONE, "POST /tasks", "k") == command_id(ONE, "POST /tasks", "k")
    others = [
        command_id(ONE, "POST /tasks", "k"),
        command_id(ONE, "POST /tasks", "k2"),
        command_id(ONE, "POST /uploads", "k"),
        command_id(OTHER, "POST /tasks", "k"),
        command_id(ONE, "POST /tasks", None),
        command_id(ONE, "POST /tasks", None),
    ]
    assert len(set(others)) == len(others)
