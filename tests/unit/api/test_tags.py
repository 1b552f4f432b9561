"""What counts as the same tag, and what is none."""

import pytest
from pydantic import TypeAdapter, ValidationError

from api.grouping.resources import LONGEST_TAG, Tags
from core.events.grouping import MOST_TAGS

TAGS: TypeAdapter[list[str]] = TypeAdapter(Tags)


def test_spelling_does_not_make_another_tag() -> None:
    assert TAGS.validate_python(["Nightly", " NIGHTLY ", "\uff4eightly"]) == ["nightly"]
    assert TAGS.validate_python(["edge  device", "Straße", "移动端"]) == ["edge device", "strasse", "移动端"]


@pytest.mark.parametrize("word", ["", "  ", "a,b", "a\x00b", "a\u202eb", "x" * (LONGEST_TAG + 1), "ﷺ" * 3])
def test_what_is_no_tag(word: str) -> None:
    with pytest.raises(ValidationError):
        TAGS.validate_python([word])


def test_there_are_so_many_at_most() -> None:
    assert len(TAGS.validate_python([f"t{n}" for n in range(MOST_TAGS)])) == MOST_TAGS
    with pytest.raises(ValidationError):
        TAGS.validate_python([f"t{n}" for n in range(MOST_TAGS + 1)])
