from __future__ import annotations

import pytest
from typer.testing import CliRunner

from infra.cli.main import app

ID = "01980f2e-7c1a-7def-8123-0123456789ab"
RUN = (ID, "--platform", "x86", "--engine", "1.13.0")


def called(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("option", "arguments"),
    [
        ("--iterations", ("submit", *RUN, "--iterations", "5", "--iterations", "10")),
        ("--passes", ("submit", *RUN, "--passes", "5", "--profiled-passes", "10")),
        ("--platform", ("submit", *RUN, "--platform", "arm")),
        ("--name", ("sweep", *RUN, "--name", "a", "--name", "b")),
        ("--days", ("share", "create", ID, "--days", "1", "--days", "2")),
        ("--running", ("admin", "users", "quota", ID, "--running", "1", "--running", "2")),
        ("--name", ("runner", "register", "--url", "u", "--token", "t", "--name", "a", "--name", "b")),
    ],
)
def test_one_value_given_twice_is_wrong_usage(option: str, arguments: tuple[str, ...]) -> None:
    code, said = called(*arguments)
    assert code == 2
    assert option in said
    assert "is given several" in said


def test_what_may_be_repeated_and_what_says_the_same_twice_is_let_through() -> None:
    code, said = called(
        "sweep", *RUN, "--platform", "arm", "--wait", "--wait", "--option", "batch=1", "--option", "colour=red"
    )
    assert (code, "'colour=red' is not NAME=VALUE,VALUE" in said) == (2, True)
