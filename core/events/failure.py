"""Why a task failed: a closed set, each telling whose move it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class FailureKind(StrEnum):
    BAD_MODEL = "bad_model"
    BAD_INPUT = "bad_input"
    UNSUPPORTED = "unsupported"
    ENGINE_CRASH = "engine_crash"
    OUT_OF_MEMORY = "out_of_memory"
    TIME_LIMIT = "time_limit"
    OUTPUT_LIMIT = "output_limit"
    RUNNER_LOST = "runner_lost"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Explanation:
    """``whose_move``: who can do something about it. ``title`` and ``hint`` are plain words."""

    whose_move: Literal["user", "operator"]
    title: str
    hint: str


EXPLANATIONS: dict[FailureKind, Explanation] = {
    FailureKind.BAD_MODEL: Explanation(
        "user",
        "The engine could not load this model.",
        "Dump the graph again with trace(...) and .dump(path, arg_names=[...]), with an engine no newer than the one chosen.",
    ),
    FailureKind.BAD_INPUT: Explanation(
        "user",
        "The input data does not fit the model.",
        "Give data for each input of the model, in the shape and dtype that it declares: .npy, .npz, an image, JSON, or random.",
    ),
    FailureKind.UNSUPPORTED: Explanation(
        "user",
        "This engine or device cannot do what was asked.",
        "Choose another platform, engine version or option.",
    ),
    FailureKind.ENGINE_CRASH: Explanation(
        "user",
        "The engine crashed while it ran this model.",
        "The log's last lines may tell which operator; if the same model runs by hand with this engine, report it to MegEngine.",
    ),
    FailureKind.OUT_OF_MEMORY: Explanation(
        "user",
        "The model needs more memory than the runner allows.",
        "Use smaller inputs or a smaller batch, or a runner with more memory.",
    ),
    FailureKind.TIME_LIMIT: Explanation(
        "user",
        "The run took longer than its time limit.",
        "Ask for fewer iterations, or raise time_limit_s.",
    ),
    FailureKind.OUTPUT_LIMIT: Explanation(
        "user",
        "The run wrote more output than is allowed.",
        "Look at the kept part of the log; a model that prints in a loop cannot be profiled.",
    ),
    FailureKind.RUNNER_LOST: Explanation(
        "operator",
        "Three runners in a row were lost while they ran this task.",
        "If other tasks of these runners end well, the model takes the runner down with it; else have the runners looked at.",
    ),
    FailureKind.STORAGE_UNAVAILABLE: Explanation(
        "operator",
        "The runner could not read from or write to the object store.",
        "Retry the task; if it happens again, the object store needs attention.",
    ),
    FailureKind.INTERNAL: Explanation(
        "operator",
        "Something went wrong inside mgeprof.",
        "Retry the task; if it happens again, report it together with the task's id.",
    ),
}
