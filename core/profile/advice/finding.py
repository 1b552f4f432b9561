"""What a rule says."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.profile.document import ProfileDocument
from core.profile.sums import total_seconds

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule``: stable name. ``title``: what is the case, with its figures (a ``Told``). ``advice``: what to do. ``figures``: the same numbers for programs: seconds, shares 0 to 1, counts.

    ``operators``: ids of those that it is about, slowest first, at most five.
    """

    rule: str
    title: str
    advice: str
    figures: dict[str, float]
    operators: tuple[str, ...] = ()


def slowest(document: ProfileDocument, places: Sequence[int]) -> tuple[str, ...]:
    """Ids of the slowest operators at these places."""
    table = document.operators
    timed = sorted(
        (at for at in places if table.device_s[at] == table.device_s[at]), key=lambda at: -table.device_s[at]
    )
    return tuple(table.id[at] for at in timed[:MOST_NAMED])


def share_of(document: ProfileDocument, places: Sequence[int]) -> float:
    """The share of all device time that the operators at these places have."""
    return float(document.operators.share[list(places)].sum()) if len(places) else 0.0


def seconds_of(document: ProfileDocument, places: Sequence[int]) -> float:
    """Their device time."""
    return total_seconds(document.operators.device_s[list(places)]) if len(places) else 0.0


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
