"""One profiled pass as Chrome's trace events: opens in Perfetto, chrome://tracing and speedscope.

Format: "Trace Event Format", complete events (``ph`` X), microseconds. Processes and threads are numbers, as Perfetto wants them; metadata events name them.
"""

from typing import Any

import orjson

from core.profile.document import ProfileDocument
from core.profile.spans import Spans

DEVICE, HOST = 1, 2


def chrome_trace(document: ProfileDocument) -> bytes:
    """Devices are process 1 and host threads process 2; each computing node or host thread is a thread. The two have clocks of their own, each from its first start.

    Raises ValueError for a document without a timeline.
    """
    timeline = document.timeline
    if timeline is None:
        raise ValueError("The profile has no timeline.")
    events = [
        *_named(DEVICE, "device", timeline.device),
        *_named(HOST, "host", timeline.host),
        *_events(document, DEVICE, timeline.device),
        *_events(document, HOST, timeline.host),
    ]
    about = {"engine_build": document.engine_build, "pass": timeline.number}
    return orjson.dumps({"traceEvents": events, "displayTimeUnit": "ms", "otherData": about})


def _named(process: int, name: str, spans: Spans) -> list[dict[str, Any]]:
    return [
        {"ph": "M", "name": "process_name", "pid": process, "tid": 0, "args": {"name": name}},
        *(
            {"ph": "M", "name": "thread_name", "pid": process, "tid": number, "args": {"name": lane}}
            for number, lane in enumerate(spans.lanes, 1)
        ),
    ]


def _events(document: ProfileDocument, process: int, spans: Spans) -> list[dict[str, Any]]:
    table = document.operators
    columns = (spans.row.tolist(), spans.lane.tolist(), *(_micro(one) for one in (spans.start, spans.kern, spans.end)))
    return [
        {
            "ph": "X",
            "name": table.name[row],
            "cat": table.type[row],
            "pid": process,
            "tid": lane + 1,
            "ts": start,
            "dur": round(max(end - start, 0.0), 3),
            "args": {
                "id": table.id[row],
                "kernel_wait_us": round(kern - start, 3),
                "input_shapes": table.input_shapes[row],
                "output_shapes": table.output_shapes[row],
                "computation": table.computation[row],
                "memory": table.memory[row],
            },
        }
        for row, lane, start, kern, end in zip(*columns, strict=True)
    ]


def _micro(seconds: Any) -> list[float]:
    return [round(one * 1e6, 3) for one in seconds.tolist()]
