import asyncio
import os
from pathlib import Path

import pytest

from runner import journal as journal_module
from runner import spool as spool_module
from runner.spool import JOURNAL, Spool
from tests.unit.runner.orders import order, ref, report


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def _lines(folder: Path) -> list[bytes]:
    return (folder / JOURNAL).read_bytes().splitlines()


async def test_an_attempt_has_an_order_then_a_report_then_neither(folder: Path) -> None:
    spool, it = Spool(folder), report()
    assert not spool.knows(it.ref)
    spool.take(order())
    assert (spool.orders(), spool.reports()) == ([order()], [])
    spool.report(it)
    assert (spool.orders(), spool.reports()) == ([], [it])
    spool.settled(it.ref)
    assert (spool.orders(), spool.reports()) == ([], [])
    assert spool.knows(it.ref)


async def test_everything_is_still_known_after_a_restart(folder: Path) -> None:
    spool, done, running = Spool(folder), report(ref(2)), order(ref(3))
    for one in (order(ref(1)), order(ref(2)), running):
        spool.take(one)
    spool.report(report(ref(1)))
    spool.settled(ref(1))
    spool.report(done)
    await spool.written()
    again = Spool(folder)
    assert (again.orders(), again.reports(), again.ended()) == ([running], [done], [ref(1)])
    assert all(again.knows(ref(number)) for number in (1, 2, 3))
    assert not again.knows(ref(1, attempt=2))


async def test_wherever_the_machine_stopped_what_is_left_is_right(folder: Path) -> None:
    """Each beginning of the journal is as many whole steps as are in it."""
    spool, it = Spool(folder), report()
    seen = [(spool.orders(), spool.reports(), spool.ended())]
    for step in (lambda: spool.take(order()), lambda: spool.report(it), lambda: spool.settled(it.ref)):
        step()
        seen.append((spool.orders(), spool.reports(), spool.ended()))
    await spool.written()
    whole = (folder / JOURNAL).read_bytes()
    assert whole.count(b"\n") == 3
    ends = [place for place, letter in enumerate(whole) if letter == ord(b"\n")]
    near_ends = {end + off for end in ends for off in (-1, 0, 1)}
    for cut in sorted(near_ends | set(range(0, len(whole), 101))):
        (folder / JOURNAL).write_bytes(whole[:cut])
        again = Spool(folder)
        steps = whole[:cut].count(b"\n") + (whole[cut : cut + 1] == b"\n")  # the end of a line is no part of the step
        assert (again.orders(), again.reports(), again.ended()) == seen[steps], cut


async def test_what_was_broken_off_is_not_in_the_way_of_what_comes(folder: Path) -> None:
    spool = Spool(folder)
    spool.take(order())
    await spool.written()
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'order {"ref": {"ta')
    again = Spool(folder)
    again.take(order(ref(2)))
    await again.written()
    assert Spool(folder).orders() == [order(), order(ref(2))]


async def test_many_steps_go_to_disk_with_few_syncs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    sync = os.fdatasync

    def counted(file: int) -> None:
        syncs.append(file)
        sync(file)

    monkeypatch.setattr(os, "fdatasync", counted)
    spool = Spool(folder)

    async def take(number: int) -> None:
        spool.take(order(ref(number)))
        await spool.written()
        assert f'"{ref(number).task}"'.encode() in (folder / JOURNAL).read_bytes()

    await asyncio.gather(*map(take, range(1, 51)))
    assert 1 <= len(syncs) <= 2
    assert len(_lines(folder)) == 50


async def test_nothing_counts_as_written_before_the_sync(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fdatasync", fail)
    spool = Spool(folder)
    spool.take(order())
    with pytest.raises(OSError, match="full"):
        await spool.written()
    spool.take(order(ref(2)))
    with pytest.raises(OSError, match="full"):
        await spool.written()


async def test_a_journal_that_was_taken_away_is_not_begun_anew_without_what_was_in_it(folder: Path) -> None:
    spool = Spool(folder)
    spool.take(order())
    await spool.written()
    (folder / JOURNAL).unlink()
    spool.take(order(ref(2)))
    with pytest.raises(FileNotFoundError):
        await spool.written()


async def test_a_long_journal_is_begun_anew_with_what_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "_MOST_BYTES", 2000)
    spool, kept = Spool(folder), order(ref(1))
    spool.take(kept)
    for number in range(2, 40):
        spool.take(order(ref(number)))
        spool.report(report(ref(number)))
        spool.settled(ref(number))
        await spool.written()
    assert (folder / JOURNAL).stat().st_size < 20_000
    again = Spool(folder)
    assert (again.orders(), again.reports()) == ([kept], [])
    assert again.ended() == [ref(number) for number in range(2, 40)]
    assert [path.name for path in folder.iterdir()] == [JOURNAL]


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"\xff\xfe\x00", b"order {}", b"report " + order().model_dump_json().encode(), b"later {}"]
)
async def test_what_is_no_order_and_no_report_stops_nothing(folder: Path, line: bytes) -> None:
    spool = Spool(folder)
    spool.take(order(ref(5)))
    await spool.written()
    with (folder / JOURNAL).open("ab") as file:
        file.write(line + b"\n")
    again, it = Spool(folder), report(ref(6))
    again.report(it)
    await again.written()
    last = Spool(folder)
    assert (last.orders(), last.reports()) == ([order(ref(5))], [it])


async def test_a_bounded_number_of_ended_attempts_is_remembered_the_newest_of_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "_REMEMBERED", 3)
    spool = Spool(folder)
    for number in (1, 2, 3, 4, 5):
        spool.settled(ref(number))
    await spool.written()
    for one in (spool, Spool(folder)):
        assert [one.knows(ref(number)) for number in (1, 2, 3, 4, 5)] == [False, False, True, True, True]
