"""An option that takes one value and is given twice is a mistake: of two values the command line would take the last one and say nothing."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import typer


def told_once(command: Any) -> Any:
    """``command`` with all that is below it, refusing such options. Typer's own copy of click has no public name for its kind."""
    command.parse_args = partial(_parse, command, command.parse_args)
    for below in getattr(command, "commands", {}).values():
        told_once(below)
    return command


def _parse(command: Any, parse: Any, context: Any, arguments: list[str]) -> list[str]:
    _, _, order = command.make_parser(context).parse_args(args=list(arguments))
    for option, times in Counter(order).items():
        if times > 1 and not (option.multiple or option.is_flag):
            raise typer.BadParameter("It takes one value, and is given several.", ctx=context, param=option)
    left: list[str] = parse(context, arguments)
    return left
