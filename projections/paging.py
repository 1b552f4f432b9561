"""Pages of a list by keyset: a cursor says after which row to go on, so a page costs the same wherever it stands."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
MAX_LIMIT = 500


class BadCursorError(Exception):
    """The cursor is not one that this list gave out for this order: begin again without one."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """``next_cursor`` is None on the last page."""

    items: tuple[T, ...]
    next_cursor: str | None


class Cursors(Generic[T]):
    """Places in a list as opaque text, and back."""

    def __init__(self, place: type[T]) -> None:
        self._places: TypeAdapter[T] = TypeAdapter(place)

    def write(self, place: T) -> str:
        return urlsafe_b64encode(self._places.dump_json(place)).rstrip(b"=").decode()

    def read(self, cursor: str) -> T:
        """Raises BadCursorError."""
        try:
            return self._places.validate_json(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        except (ValidationError, binascii.Error, UnicodeEncodeError) as error:
            raise BadCursorError("This cursor was not given out by this list.") from error


def checked_limit(limit: int) -> int:
    """Raises ValueError when a page of that size is not given."""
    if not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"a page has 1 to {MAX_LIMIT} rows, not {limit}")
    return limit
