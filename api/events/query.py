"""What can be asked of the whole log."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.events.filters import EventFilter
from projections.paging import MAX_LIMIT

Place = Annotated[int, Field(ge=0, lt=2**63)]


class EventQuery(EventFilter):
    order: Annotated[
        Literal["asc", "desc"], Field(description="`asc`: the oldest first; `desc`: the newest first.")
    ] = "asc"
    after: Annotated[Place, Field(description="Only what comes after this place in the log.")] = 0
    before: Annotated[Place | None, Field(description="Only what comes before this place in the log.")] = None
    since: Annotated[AwareDatetime | None, Field(description="Only events that were stored at this time or later.")] = (
        None
    )
    until: Annotated[AwareDatetime | None, Field(description="Only events that were stored before this time.")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class ExportQuery(EventFilter):
    after: Annotated[Place, Field(description="Begin after this place in the log; 0: at its beginning.")] = 0
    upto: Annotated[
        Place | None, Field(description="End at this place in the log; at its present end, if not given.")
    ] = None
    since: Annotated[AwareDatetime | None, Field(description="Only events that were stored at this time or later.")] = (
        None
    )
    until: Annotated[AwareDatetime | None, Field(description="Only events that were stored before this time.")] = None


class StreamQuery(EventFilter):
    after: Annotated[
        Place | None,
        Field(
            description="Begin after this place in the log, 0 at its beginning; without it and `since` with what comes."
        ),
    ] = None
    since: Annotated[
        AwareDatetime | None, Field(description="Begin with the first event that was stored at this time or later.")
    ] = None
    follow: Annotated[bool, Field(description="Whether to go on with what comes when all that is there was told.")] = (
        True
    )
