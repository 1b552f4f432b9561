"""What of an analysed profile goes into an event."""

from core.events.values import Totals, TypeSum
from core.profile.document import ProfileDocument


def totals_of(document: ProfileDocument) -> Totals:
    totals = document.totals
    return Totals(
        operators=totals.operators,
        device_s=totals.device_s,
        computation=totals.computation,
        memory=totals.memory,
    )


def type_sums_of(document: ProfileDocument) -> tuple[TypeSum, ...]:
    return tuple(
        TypeSum(type=one.type, count=one.count, device_s=one.device_s, computation=one.computation, memory=one.memory)
        for one in document.by_type
    )
