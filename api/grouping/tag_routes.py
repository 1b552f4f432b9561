"""``/tags``."""

from api.access import Caller
from api.errors.documents import documented
from api.freshness import Fresh
from api.grouping import tags
from api.grouping.resources import TagList
from api.parts import PartsOf
from api.routing import router_at
from api.visibility import Whose, reach

router = router_at("/tags", tag="projects")


@router.get("", dependencies=[Fresh], responses=documented("not_fresh_yet"))
async def list_tags(caller: Caller, parts: PartsOf, whose: Whose = Whose.MINE) -> TagList:
    """What your runs and models are tagged with, or with `whose=anyone` all that you may see: the most frequent first, at most 1000."""
    return TagList(items=await tags.used(parts.pool, reach(caller, whose)))
