"""Looking for operators by name, in time that grows with the name's length only: patterns come from strangers, too."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from pydantic_core import SchemaError, SchemaValidator, core_schema

from core.domain.told import Told
from core.profile.refusal import QueryRefused

Matches = Callable[[str], bool]


def by_part(pattern: str) -> Matches:
    """Without regard to case: a part of the name, or all of it with ``*``, ``?`` and ``[...]``.

    Operator names are full of brackets, such as ``conv(data,weight)[48]``: what stands in the name as it is always matches.
    """
    lowered = pattern.lower()
    return lambda name: lowered in name.lower() or fnmatchcase(name.lower(), lowered)


def by_regex(regex: str) -> Matches:
    """A regular expression from the name's beginning on, as ``profile_analyze --opr-name`` takes it (``re.match``).

    Evaluated by Rust's regex crate, which pydantic brings: it needs linear time and knows neither look-around nor back references, where Python's ``re`` can need for ever.
    Raises QueryRefused.
    """
    # Alone first: a bracket too many would otherwise close the group that it is put into.
    _compiled(regex)
    return _compiled(rf"\A(?:{regex})").isinstance_python


def _compiled(regex: str) -> SchemaValidator:
    try:
        return SchemaValidator(core_schema.str_schema(pattern=regex, regex_engine="rust-regex"))
    except SchemaError as error:
        told = Told("{regex!r} is not a regular expression that can be used here: {error}", regex=regex, error=error)
        raise QueryRefused(told) from error
