"""What a person may be called, and when two names are the same."""

import unicodedata
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, StringConstraints

_FORBIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of what cannot be seen: control, format, surrogate, private, unassigned, line breaks."""


def _visible(text: str) -> str:
    text = unicodedata.normalize("NFC", text.strip())
    if any(unicodedata.category(letter) in _FORBIDDEN for letter in text):
        raise ValueError("letters that cannot be seen are not allowed")
    return text


def _no_address(text: str) -> str:
    if "@" in text:
        raise ValueError("a name holds no @: that would be an e-mail address")
    return text


# Without what has a meaning of its own in the header of a mail.
_ADDRESS: Final = r"""^[^@\s"(),:;<>\[\]\\]{1,64}@[^@\s"(),:;<>\[\]\\.]+(\.[^@\s"(),:;<>\[\]\\.]+)*$"""

_SHORT = StringConstraints(strip_whitespace=True, min_length=1, max_length=64)

Name = Annotated[str, _SHORT, AfterValidator(_visible), AfterValidator(_no_address)]
"""What an account is called and logs in with, 1 to 64 letters of any script."""

LoginName = Annotated[str, StringConstraints(min_length=1, max_length=254), AfterValidator(_visible)]
"""A name or an e-mail address."""

Language = Literal["en", "zh"]

KeyName = Annotated[str, _SHORT, AfterValidator(_visible)]

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=_ADDRESS),
    AfterValidator(_visible),
]
"""An address; whether it exists shows when a mail arrives."""


def key_of(name: str) -> str:
    """What is compared: ``ADMIN``, ``admin`` and the same in full-width letters are one name."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())
