from typing import Any

import msgspec

from core.profile.memory import memory_over_time
from core.profile.written import Graph


def variable(name: str, start: int, size: int, *flags: str, view_of: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "mem_plan": None,
        "flag": list(flags),
        "prev_dev_ptr": start,
        "prev_dev_ptr_end": start + size,
        "mem_readonly_fwd_src": view_of,
    }


def graph(variables: dict[str, Any], *operators: tuple[list[str], list[str]]) -> Graph:
    made = {
        str(number): {"name": "", "type": "", "input": read, "output": written}
        for number, (read, written) in enumerate(operators)
    }
    return msgspec.convert({"operator": made, "var": variables, "mem_chunk": {}, "comp_seq": list(made)}, Graph)


def test_memory_lives_from_its_writer_to_its_last_reader() -> None:
    variables = {"a": variable("a", 100, 10), "b": variable("b", 200, 20), "c": variable("c", 300, 5)}
    found = memory_over_time(graph(variables, ([], ["a"]), (["a"], ["b"]), (["b"], ["c"])))
    assert found.steps.tolist() == [10, 30, 25]
    assert (found.peak, found.peak_step) == (30, 1)
    assert [(one.operator, one.variable) for one in found.alive] == [("1", "b"), ("0", "a")]


def test_constants_stay_and_what_nobody_in_the_run_writes_is_there_from_the_start() -> None:
    variables = {
        "w": variable("w", 100, 10, "PERSISTENT_DEVICE_VALUE"),
        "x": variable("x", 200, 1),
        "given": variable("given", 300, 4),
    }
    found = memory_over_time(graph(variables, ([], ["w"]), (["w", "given"], ["x"]), (["x"], [])))
    assert (found.steps.tolist(), found.outside) == ([14, 15, 15], 4)
    assert [one.kept for one in found.alive] == [True, False]


def test_what_is_written_in_place_or_views_other_memory_counts_once() -> None:
    variables = {
        "a": variable("a", 100, 10),
        "inplace": variable("inplace", 100, 10),
        "view": variable("view", 104, 2, view_of="inplace"),
    }
    found = memory_over_time(
        graph(variables, ([], ["a"]), (["a"], ["inplace"]), (["inplace"], ["view"]), (["view"], []))
    )
    assert found.steps.tolist() == [10, 10, 10, 10]


def test_an_address_that_is_free_again_is_other_memory() -> None:
    variables = {"a": variable("a", 100, 10), "b": variable("b", 100, 30)}
    found = memory_over_time(graph(variables, ([], ["a"]), (["a"], []), ([], ["b"])))
    assert found.steps.tolist() == [10, 10, 30]


def test_constants_are_there_before_their_operator_has_its_turn() -> None:
    variables = {"a": variable("a", 100, 10), "late": variable("late", 200, 3, "PERSISTENT_DEVICE_VALUE")}
    found = memory_over_time(graph(variables, ([], ["a"]), (["a"], []), ([], ["late"])))
    assert found.steps.tolist() == [13, 13, 3]
    assert (found.kept, found.reclaimed) == (3, 10)
    assert [one.operator for one in found.alive] == ["0", "2"]
