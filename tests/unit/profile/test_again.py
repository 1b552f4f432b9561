import json
from typing import Any

import pytest

from core.profile.again import analyse_again, is_outdated
from core.profile.analyse import analyse
from core.profile.document import ANALYSER, DocumentUnreadable, dump_document, load_document
from core.profile.malformed import RawProfileMalformed
from tests.unit.profile.generated import raw_profile
from tests.unit.profile.test_analyse import MEASURED, conv, relu

PASSES = [raw_profile([conv(0.0, 0.004 * by), relu(0.004 * by, 0.005 * by)]) for by in (1.0, 1.1, 1.2)]
UNKNOWN_TO_THE_FIRST = ("noisy", "noisy_operators", "planned_memory")


def of_the_first_analyser() -> dict[str, Any]:
    """Operators were rows, and there was neither timeline nor memory."""
    document = json.loads(dump_document(analyse(PASSES, MEASURED)))
    totals = {name: value for name, value in document["totals"].items() if name not in UNKNOWN_TO_THE_FIRST}
    kept = {name: document[name] for name in ("engine_build", "timing", "by_type")}
    return {"analyser": 1, **kept, "totals": totals, "operators": [{"id": "0", "name": "conv"}]}


def test_an_old_document_becomes_what_the_present_analyser_would_have_said() -> None:
    old = json.dumps(of_the_first_analyser()).encode()
    assert is_outdated(old)
    with pytest.raises(DocumentUnreadable):
        load_document(old)
    again = dump_document(analyse_again(old, PASSES))
    assert again == dump_document(analyse(PASSES, MEASURED))
    assert not is_outdated(again)


def test_what_the_profiled_passes_took_is_kept_as_it_was_measured() -> None:
    old = of_the_first_analyser()
    old["timing"]["profiled"] |= {"count": 3, "p50": 0.022, "max": 0.5}
    found = analyse_again(json.dumps(old).encode(), PASSES)
    assert found.timing.profiled is not None
    assert (found.timing.profiled.count, found.timing.profiled.max) == (3, 0.5)
    assert found.totals.profiler_overhead == pytest.approx(1.0)


@pytest.mark.parametrize("content", [b"", b"[]", json.dumps({"analyser": ANALYSER - 1}).encode()])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentUnreadable):
        analyse_again(content, PASSES)


def test_without_raw_profiles_there_is_nothing_to_analyse() -> None:
    with pytest.raises(RawProfileMalformed):
        analyse_again(json.dumps(of_the_first_analyser()).encode(), [])
