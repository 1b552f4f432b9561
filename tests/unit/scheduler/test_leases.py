from uuid import UUID

import pytest

from core.events.ids import TaskId
from core.protocol.orders import AttemptRef
from core.scheduler.leases import Leases

REF = AttemptRef(task=TaskId(UUID(int=1)), attempt=1)


class Time:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def leases(time: Time) -> Leases:
    return Leases(lease_s=45, order_retry_s=2, clock=time)


def test_a_lease_ends_after_silence_and_each_beat_renews_it(leases: Leases, time: Time) -> None:
    leases.begin(REF, order_sent=True)
    time.seconds = 40
    leases.renew(REF)
    time.seconds = 84
    assert leases.ended() == []
    time.seconds = 85
    assert leases.ended() == [REF]


def test_an_order_is_due_again_until_a_beat_lists_the_attempt(leases: Leases, time: Time) -> None:
    leases.begin(REF, order_sent=True)
    assert leases.orders_due() == []
    time.seconds = 2
    assert leases.orders_due() == [REF]
    assert leases.orders_due() == []
    time.seconds = 4
    assert leases.orders_due() == [REF]
    assert not leases.confirmed(REF)
    leases.renew(REF)
    time.seconds = 100
    assert leases.orders_due() == []
    assert leases.confirmed(REF)


def test_an_order_that_could_not_be_sent_is_due_at_once(leases: Leases) -> None:
    leases.begin(REF, order_sent=False)
    assert leases.orders_due() == [REF]


def test_after_a_start_every_running_attempt_has_a_new_lease_and_its_order_goes_out_again(
    leases: Leases, time: Time
) -> None:
    time.seconds = 1000
    leases.keep_only([REF])
    assert leases.ended() == []
    assert leases.orders_due() == [REF]
    time.seconds = 1045
    assert leases.ended() == [REF]


def test_what_runs_no_more_is_forgotten(leases: Leases, time: Time) -> None:
    leases.begin(REF, order_sent=False)
    leases.keep_only([])
    time.seconds = 100
    assert leases.ended() == []
    assert leases.orders_due() == []
