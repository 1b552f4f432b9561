"""``/events``: the whole log, as far as one may see it, in pages and as a stream."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Header, Query
from fastapi.responses import StreamingResponse

from api.access import Caller, still_in
from api.errors.documents import documented
from api.events.chain import FORMAT, Chain
from api.events.pages import newest_first, oldest_first, visible
from api.events.query import EventQuery, ExportQuery, StreamQuery
from api.events.resources import EventPage, EventResource
from api.events.stream import EventStream, EventStreamResponse
from api.freshness import wait_for_sequence
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at

router = router_at("/events", tag="events")


@router.get("", responses=documented("broker_unavailable", "not_fresh_yet"))
async def list_events(caller: Caller, parts: PartsOf, query: Annotated[EventQuery, Query()]) -> EventPage:
    """What happened, oldest first or newest first: everything that you may see, an administrator all there is.

    Comes from the log itself. Go on with `next_after` as `after`, newest first with `next_before` as `before`, also when a page is empty, for as long as there is `more`.
    """
    return await (oldest_first if query.order == "asc" else newest_first)(parts, caller, query)


@router.get(
    "/stream",
    status_code=200,
    response_class=EventStreamResponse,
    responses={200: {"description": "Server-sent events."}, **documented("broker_unavailable")},
)
async def stream_events(
    caller: Caller,
    parts: PartsOf,
    query: Annotated[StreamQuery, Query()],
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0, lt=2**63)] = None,
) -> EventStreamResponse:
    """Follow everything that you may see: server-sent events named `event`, each a CloudEvent, its id its place in the log.

    Begins where `Last-Event-ID`, `after` or `since` say, and goes on with what comes, without a gap. A reader that is too slow is cut off, and a stream ends after
    a while: connect again with the last id. Ids come without an event now and then, so that nothing is looked through twice.
    """
    settings, now = parts.settings, await parts.log.last_sequence()
    told = last_event_id if last_event_id is not None else query.after
    if told is None:
        told = now if query.since is None else await parts.log.sequence_before(query.since)

    async def may_go_on() -> bool:
        return await still_in(parts, caller)

    return EventStreamResponse(
        EventStream(
            log=parts.log,
            fan=parts.fan,
            reader=parts.fan.reader(caller, query),
            ask=parts.fan.ask,
            may_go_on=may_go_on,
            told=told,
            heartbeat_s=settings.api_heartbeat_s,
            longest_s=settings.api_stream_s,
            end=None if query.follow else now,
        )
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "JSON lines: one that begins, one for each event, one that ends.",
            "content": {"application/jsonl": {"schema": {"type": "string"}}},
        },
        **documented("broker_unavailable", "not_fresh_yet"),
    },
)
async def export_events(caller: Caller, parts: PartsOf, query: Annotated[ExportQuery, Query()]) -> StreamingResponse:
    """Everything that you may see, as JSON lines that can be checked: each carries a digest over itself and all lines before it.

    The same part of the log gives the same digests. `mgeprof events verify` checks a copy, without a server.
    """
    after, upto = await _part(parts, query)
    await _visible_now(parts, caller, upto)
    return StreamingResponse(_lines(parts, caller, query, after, upto), media_type="application/jsonl")


async def _part(parts: Parts, query: ExportQuery) -> tuple[int, int]:
    """The places after which and up to which the log is copied: times are places, too, so that both ways of asking give the same lines."""
    after, upto = query.after, await parts.log.last_sequence()
    if query.upto is not None:
        upto = min(upto, query.upto)
    if query.since is not None:
        after = max(after, await parts.log.sequence_before(query.since))
    if query.until is not None:
        upto = min(upto, await parts.log.sequence_before(query.until))
    return after, upto


async def _lines(parts: Parts, who: Identity, query: ExportQuery, after: int, upto: int) -> AsyncGenerator[str, None]:
    chain, count, last = Chain(), 0, None
    kept = query.model_dump(mode="json", exclude={"after", "upto", "since", "until"})
    yield chain.told("begin", format=FORMAT, after=after, upto=upto, filter=kept, account=str(who.account))
    async for events in parts.log.read(after, upto, subjects=query.subjects()):
        seen = await visible(parts, who, [event for event in events if query.passes(event)])
        if seen:
            yield "".join(chain.line("event", EventResource.of(event).structured()) for event in seen)
            count, last = count + len(seen), seen[-1].sequence
    yield chain.told("end", events=count, last=last)


async def _visible_now(parts: Parts, who: Identity, upto: int) -> None:
    """While a refusal can still be told."""
    if not who.is_admin:
        await wait_for_sequence(parts, upto)
