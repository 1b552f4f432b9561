"""The analysed document with one object for each operator, for programs that do not want columns."""

import orjson

from core.profile.advice.rules import advise
from core.profile.document import ProfileDocument


def whole_json(document: ProfileDocument) -> bytes:
    """Everything of the document, operators as rows in the order of execution; times in seconds."""
    memory = document.memory
    content = {
        "analyser": document.analyser,
        "engine_build": document.engine_build,
        "timing": document.timing.model_dump(),
        "totals": document.totals.model_dump(),
        "by_type": [one.model_dump() for one in document.by_type],
        "peaks": None if document.peaks is None else document.peaks.model_dump(),
        "advice": advise(document),
        "operators": document.operators.rows(),
        "memory": memory,
    }
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
