"""What a profile can be asked over HTTP: the parameters of ``core.profile.query`` and ``core.profile.aggregate``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.profile.aggregate import Aggregate, GroupBy
from core.profile.query import OperatorQuery, Side, SortKey, Until

_SORTS = [f"{sign}{key}" for key in SortKey for sign in ("-", "")]

Seconds = Annotated[float, Field(allow_inf_nan=False)]


class ProfileQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    top: Annotated[int | None, Field(ge=0, description="At most so many operators or groups, after sorting.")] = None
    sort: Annotated[
        str,
        Field(
            pattern=f"^-?({'|'.join(SortKey)})$",
            description="What to sort by, with `-` before it from the largest down; `time_s` is the time chosen by `side` and `until`.",
            json_schema_extra={"enum": list[object](_SORTS)},
        ),
    ] = "-time_s"
    type: Annotated[list[str], Field(description="Operator types, any of them.")] = []
    name: Annotated[str | None, Field(max_length=500, description="A part of the name, or a pattern with `*`.")] = None
    regex: Annotated[
        str | None,
        Field(
            max_length=500,
            description="A regular expression from the name's beginning on, without look-around and back references.",
        ),
    ] = None
    input_dtype: Annotated[str | None, Field(max_length=100, description="Of any input, such as `Float32`.")] = None
    side: Annotated[Side, Field(description="Time of the device, or of the host's threads.")] = Side.DEVICE
    until: Annotated[Until, Field(description="`end`: self time; `kern`: the wait for the kernel.")] = Until.END
    min_s: Annotated[Seconds | None, Field(description="Only operators with at least this time.")] = None
    max_s: Annotated[Seconds | None, Field(description="Only operators with at most this time.")] = None
    group_by: Annotated[GroupBy | None, Field(description="Groups of what matches, too.")] = None
    aggregate: Annotated[Aggregate, Field(description="What groups show.")] = Aggregate.SUM

    def question(self) -> OperatorQuery:
        return OperatorQuery(
            sort=self.sort,
            top=self.top,
            types=tuple(self.type),
            name=self.name,
            regex=self.regex,
            input_dtype=self.input_dtype,
            side=self.side,
            until=self.until,
            min_s=self.min_s,
            max_s=self.max_s,
        )
