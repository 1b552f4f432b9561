from __future__ import annotations

from infra.embedded.part import BackOff


def test_pauses_grow_up_to_the_longest() -> None:
    back_off = BackOff(first_s=0.5, factor=2, longest_s=3)
    assert [back_off.pause(failures) for failures in range(1, 6)] == [0.5, 1, 2, 3, 3]
