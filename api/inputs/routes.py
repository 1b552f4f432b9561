"""``/inputs``."""

from uuid import UUID

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.inputs import table
from api.inputs.resources import InputResource
from api.parts import PartsOf
from api.routing import router_at
from core.domain.told import Told

router = router_at("/inputs", tag="inputs")


@router.get("/{input_id}", responses=documented("input_unknown"))
async def get_input(input_id: UUID, caller: Caller, parts: PartsOf) -> InputResource:
    found = (await table.visible(parts.pool, [input_id], caller)).get(input_id)
    if found is None:
        raise RefusedError("input_unknown", Told("There is no input {input_id}.", input_id=input_id))
    return found
