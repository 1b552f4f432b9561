"""Who holds which attempt, and until when: by the scheduler's own clock, in memory only. After a start every lease begins anew."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.protocol.orders import AttemptRef


@dataclass
class Leases:
    """``clock`` gives monotonic seconds."""

    lease_s: float
    order_retry_s: float
    clock: Callable[[], float]
    _ends: dict[AttemptRef, float] = field(default_factory=dict)
    _order_due: dict[AttemptRef, float] = field(default_factory=dict)

    def begin(self, ref: AttemptRef, *, order_sent: bool) -> None:
        """An attempt was started; its order is due at once unless it was just sent."""
        self._ends[ref] = self.clock() + self.lease_s
        self._order_due[ref] = self.clock() + (self.order_retry_s if order_sent else 0.0)

    def renew(self, ref: AttemptRef) -> None:
        """The runner's beat lists the attempt: it has the order."""
        self._ends[ref] = self.clock() + self.lease_s
        self._order_due.pop(ref, None)

    def confirmed(self, ref: AttemptRef) -> bool:
        return ref in self._ends and ref not in self._order_due

    def keep_only(self, running: Iterable[AttemptRef]) -> None:
        """Forget attempts that run no more; begin leases of those that are new here."""
        current = set(running)
        for ref in [ref for ref in self._ends if ref not in current]:
            del self._ends[ref]
            self._order_due.pop(ref, None)
        for ref in current - self._ends.keys():
            self.begin(ref, order_sent=False)

    def renew_all(self) -> None:
        """Nobody could be heard meanwhile."""
        self._ends = dict.fromkeys(self._ends, self.clock() + self.lease_s)

    def has_ended(self, ref: AttemptRef) -> bool:
        return ref in self._ends and self._ends[ref] <= self.clock()

    def ended(self) -> list[AttemptRef]:
        now = self.clock()
        return [ref for ref, end in self._ends.items() if end <= now]

    def orders_due(self) -> list[AttemptRef]:
        """Attempts whose order has to be published again; each is then due again after the retry period."""
        now = self.clock()
        due = [ref for ref, at in self._order_due.items() if at <= now]
        for ref in due:
            self._order_due[ref] = now + self.order_retry_s
        return due
