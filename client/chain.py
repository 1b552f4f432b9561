"""Checking an exported log, without any server: every line carries a digest over itself and all lines before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from client.errors import ClientError

FORMAT = "mgeprof-events-1"
START = "0" * 64
_OPENING, _CLOSING = '{"digest":"', '",'


class ChainBrokenError(ClientError):
    """The copy is not what was exported."""


@dataclass
class CheckedLog:
    """``begin``: what was exported. ``digest``: of the last line; whoever has the same one has the same events. ``last``: sequence of the last event."""

    begin: dict[str, Any] = field(default_factory=dict)
    events: int = 0
    last: int | None = None
    digest: str = START
    ended: bool = False


def checked_events(lines: Iterable[str], log: CheckedLog) -> Iterable[dict[str, Any]]:
    """The events of an export, one by one; ``log`` is filled in meanwhile, and whole when they have all been taken.

    Raises:
        ChainBrokenError: a line was changed, left out, added or moved, or the end is missing. It names the line.
    """
    for number, line in enumerate(lines, 1):
        name, body = _opened(number, line.removesuffix("\n"), log)
        match name:
            case "begin" if number == 1 and body.get("format") == FORMAT:
                log.begin = body
            case "event" if number > 1 and not log.ended:
                sequence = body.get("sequence")
                if not isinstance(sequence, int) or sequence <= (log.last or log.begin["after"]):
                    raise ChainBrokenError(f"line {number}: the event is out of order")
                log.events, log.last = log.events + 1, sequence
                yield body
            case "end" if number > 1 and (body.get("events"), body.get("last")) == (log.events, log.last):
                log.ended = True
            case _:
                raise ChainBrokenError(f"line {number}: this does not belong here")
    if not log.ended:
        raise ChainBrokenError("the end is missing: the copy was cut off")


def _opened(number: int, line: str, log: CheckedLog) -> tuple[str, dict[str, Any]]:
    digest, rest = line[len(_OPENING) : len(_OPENING) + 64], line[len(_OPENING) + 64 + len(_CLOSING) : -1]
    if line != f"{_OPENING}{digest}{_CLOSING}{rest}}}" or len(digest) != 64:
        raise ChainBrokenError(f"line {number}: this is no line of an export")
    log.digest = hashlib.sha256(f"{log.digest}\n{rest}".encode()).hexdigest()
    if log.digest != digest:
        raise ChainBrokenError(
            f"line {number}: its digest does not fit; it or a line before it is not what was exported"
        )
    try:
        [(name, body)] = json.loads(f"{{{rest}}}").items()
    except ValueError as error:
        raise ChainBrokenError(f"line {number}: this is no line of an export") from error
    if not isinstance(body, dict):
        raise ChainBrokenError(f"line {number}: this is no line of an export")
    return name, body
