"""A raw profile comes out of a process that ran a stranger's bytes: whatever it holds, only RawProfileMalformed comes of it."""

import contextlib
import json
import warnings
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.profile.analyse import analyse
from core.profile.document import dump_document, load_document
from core.profile.malformed import RawProfileMalformed
from tests.unit.profile.generated import operators, raw_profile
from tests.unit.profile.test_analyse import MEASURED

Place = tuple[Any, ...]

GARBAGE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=5),
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)


def places(value: Any, path: Place = ()) -> list[Place]:
    """The path to every value inside ``value``."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inside for place in places(one, (*path, key)))]


def put(value: Any, path: Place, replacement: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = replacement


@given(st.data())
def test_one_wrong_value_anywhere_gives_a_document_or_a_refusal(data: st.DataObject) -> None:
    profile = json.loads(raw_profile(data.draw(operators(max_size=2))))
    put(profile, data.draw(st.sampled_from(places(profile)[1:])), data.draw(GARBAGE))
    with contextlib.suppress(RawProfileMalformed), warnings.catch_warnings():
        # Times near the largest float overflow when they are added; the refusal is what counts.
        warnings.simplefilter("ignore", RuntimeWarning)
        document = analyse([json.dumps(profile).encode()], MEASURED)
        stored = dump_document(document)
        assert dump_document(load_document(stored)) == stored
