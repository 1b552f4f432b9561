"""Frozen records with some fields changed: what every fold does, for every event that there ever was."""

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


def changed(record: R, **fields: Any) -> R:
    """As ``dataclasses.replace``, ten times as fast for wide records: it copies them and does not run ``__init__``.

    Not for records with slots, ``__post_init__`` or fields that are not ``init``. Raises TypeError for a field that there is not.
    """
    known = record.__dict__
    if not fields.keys() <= known.keys():
        raise TypeError(f"{type(record).__name__} has no field {', '.join(sorted(fields.keys() - known.keys()))}")
    copy = object.__new__(type(record))
    copy.__dict__.update(known, **fields)
    return copy
