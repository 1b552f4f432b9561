"""``POST /spans``: pages tell how long it took until what somebody clicked on was answered, where the operator collects spans."""

import time
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import status
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller
from api.accounts.pace import PacedSpans
from api.errors.documents import documented
from api.routing import router_at
from core.spans.span import Kind, Span, take

router = router_at("/spans", tag="spans")

_NAMING: Final = "^[0-9a-f]*[1-9a-f][0-9a-f]*$"
"""Zeros alone name nothing."""
_LONGEST_MS: Final = 600_000
_MS: Final = 1_000_000


class PageSpan(BaseModel):
    """What a page asked for, under the ids of its ``traceparent``. Times count back from now, so that no wrong clock does harm; what is longer than ten minutes counts as ten minutes."""

    model_config = ConfigDict(extra="forbid")

    name: Literal["click"]
    trace: Annotated[str, Field(min_length=32, max_length=32, pattern=_NAMING)]
    span: Annotated[str, Field(min_length=16, max_length=16, pattern=_NAMING)]
    begun_ms_ago: Annotated[int, Field(ge=0)]
    took_ms: Annotated[int, Field(ge=0)]
    failed: bool = False


class PageSpans(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "spans": [
                        {
                            "name": "click",
                            "trace": "4bf92f3577b34da6a3ce929d0e0e4736",
                            "span": "00f067aa0ba902b7",
                            "begun_ms_ago": 1280,
                            "took_ms": 41,
                        }
                    ]
                }
            ]
        },
    )

    spans: Annotated[list[PageSpan], Field(min_length=1, max_length=32)]


@router.post(
    "",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("scope_missing", "rate_limited"),
    dependencies=[PacedSpans],
)
async def tell_spans(told: PageSpans, caller: Caller) -> None:
    """Tell of requests that your page made and whose answer said in ``traceresponse`` that spans of their trace are kept.

    Where the operator collects no spans, or not of these traces, this does nothing.
    """
    now = time.time_ns()
    for one in told.spans:
        begun_ago = min(one.begun_ms_ago, _LONGEST_MS)
        begun = now - begun_ago * _MS
        own = Span(one.name, UUID(one.trace), int(one.span, 16), None, Kind.CLIENT, begun)
        own.ended, own.failed = begun + min(one.took_ms, begun_ago) * _MS, one.failed
        own.attributes["mgeprof.account"] = str(caller.account)  # by whose word it is so
        take(own)
