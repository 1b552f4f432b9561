from __future__ import annotations

import json
from typing import Any

import pytest

from core.profile.graph import FileOperator, correspondence, read_graph
from core.profile.malformed import RawProfileMalformed


def raw(**changes: Any) -> bytes:
    """X → conv (with a workspace) → y; w is a constant."""
    variables = {"1": "x", "2": "w", "3": "y", "4": "conv:workspace"}
    document: dict[str, dict[str, Any]] = {
        "graph_exec": {
            "operator": {
                "30": {
                    "name": "conv(x,w)[30]",
                    "type": "ConvolutionForward",
                    "input": ["1", "2"],
                    "output": ["3", "4"],
                },
                "10": {"name": "input[10]", "type": "InputCallback", "input": [], "output": ["1"]},
                "20": {"name": "const[20]", "type": "ImmutableTensor", "input": [], "output": ["2"]},
            },
            "var": {
                key: {
                    "name": name,
                    "flag": ["VOLATILE_CONTENT"] if "workspace" in name else [],
                    "mem_plan": None,
                    "prev_dev_ptr": 64,
                    "prev_dev_ptr_end": 64 + 8 * int(key),
                }
                for key, name in variables.items()
            },
            "comp_seq": ["10", "30"],
        },
        "profiler": {
            "device": {},
            "host": {},
            "opr_footprint": {"30": {"in_shapes": [[1, 3], [3, 2]], "out_shapes": [[1, 2]]}},
        },
    }
    document["graph_exec"] |= changes
    return json.dumps(document).encode()


def test_operators_come_as_they_ran_with_what_they_hand_on() -> None:
    graph = read_graph(raw())
    assert [(one.id, one.step) for one in graph.operators] == [("10", 0), ("30", 1), ("20", None)]
    assert {(edge.source, edge.target, edge.variable) for edge in graph.edges} == {("10", "30", "1"), ("20", "30", "2")}
    assert [graph.variables[key].shape for key in "1234"] == [(1, 3), (3, 2), (1, 2), None]
    assert [graph.variables[key].size for key in "14"] == [8, 32]
    assert graph.variables["4"].workspace


def test_an_operator_is_the_one_of_the_file_that_makes_its_variable() -> None:
    graph = read_graph(raw())
    file = [
        FileOperator("data", "Host2DeviceCopy", ("x",)),
        FileOperator("conv", "ConvolutionForward", ("y", "conv:workspace")),
        FileOperator("gone", "Elemwise", ("z",)),
    ]
    assert correspondence(graph, file) == {"10": 0, "30": 1}


def test_names_that_several_variables_have_map_nothing() -> None:
    twice = [FileOperator("a", "Elemwise", ("y",)), FileOperator("b", "Elemwise", ("y",))]
    assert correspondence(read_graph(raw()), twice) == {}
    assert correspondence(read_graph(raw()), ()) == {}


@pytest.mark.parametrize("profile", [b"", b"{}", raw(var={}), raw(operator={"1": {}})])
def test_other_bytes_are_refused(profile: bytes) -> None:
    with pytest.raises(RawProfileMalformed):
        read_graph(profile)
