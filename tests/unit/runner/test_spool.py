import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runner import spool as spool_module
from runner.spool import Spool
from tests.unit.runner.orders import order, ref, report


class PowerCut(Exception):  # noqa: N818 - named after the fact
    """The machine stops here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_an_attempt_has_an_order_then_a_report_then_neither(folder: Path) -> None:
    spool, it = Spool(folder), report()
    assert not spool.knows(it.ref)
    spool.take(order())
    assert (spool.orders(), spool.reports()) == ([order()], [])
    spool.report(it)
    assert (spool.orders(), spool.reports()) == ([], [it])
    spool.sent(it.ref)
    assert (spool.orders(), spool.reports()) == ([], [])
    assert spool.knows(it.ref)


def test_everything_is_still_known_after_a_restart(folder: Path) -> None:
    spool, done, running = Spool(folder), report(ref(2)), order(ref(3))
    for one in (order(ref(1)), order(ref(2)), running):
        spool.take(one)
    spool.report(report(ref(1)))
    spool.sent(ref(1))
    spool.report(done)
    again = Spool(folder)
    assert (again.orders(), again.reports()) == ([running], [done])
    assert all(again.knows(ref(number)) for number in (1, 2, 3))
    assert not again.knows(ref(1, attempt=2))


Break = Callable[[pytest.MonkeyPatch], None]


def _before_it_is_on_disk(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(os, "fsync", _cut)


def _before_it_has_its_name(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Path, "rename", _cut)


def _before_the_old_file_is_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Path, "unlink", _cut)


def _cut(*_arguments: object, **_more: object) -> None:
    raise PowerCut


def _broken_off(patch: pytest.MonkeyPatch, break_: Break, step: Callable[[], None]) -> None:
    with patch.context() as cut:
        break_(cut)
        with pytest.raises(PowerCut):
            step()


@pytest.mark.parametrize("break_", [_before_it_is_on_disk, _before_it_has_its_name])
def test_an_order_that_was_not_written_whole_was_not_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch, break_: Break
) -> None:
    _broken_off(monkeypatch, break_, lambda: Spool(folder).take(order()))
    again = Spool(folder)
    assert not again.knows(ref())
    assert again.orders() == []
    assert _files(folder) == set()


@pytest.mark.parametrize("break_", [_before_it_is_on_disk, _before_it_has_its_name])
def test_a_report_that_was_not_written_whole_leaves_the_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch, break_: Break
) -> None:
    spool = Spool(folder)
    spool.take(order())
    _broken_off(monkeypatch, break_, lambda: spool.report(report()))
    again = Spool(folder)
    assert (again.orders(), again.reports()) == ([order()], [])


def test_a_report_on_disk_counts_although_its_order_is_still_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, it = Spool(folder), report()
    spool.take(order())
    _broken_off(monkeypatch, _before_the_old_file_is_gone, lambda: spool.report(it))
    again = Spool(folder)
    assert (again.orders(), again.reports()) == ([], [it])
    again.sent(it.ref)
    assert _files(folder) == {f"ended/{it.ref}"}


def test_a_report_that_was_sent_but_not_removed_is_sent_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool, it = Spool(folder), report()
    spool.report(it)
    _broken_off(monkeypatch, _before_the_old_file_is_gone, lambda: spool.sent(it.ref))
    again = Spool(folder)
    assert again.reports() == [it]
    again.sent(it.ref)
    assert again.reports() == []
    assert again.knows(it.ref)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe\x00", b'{"ref": 1}', order().model_dump_json().encode()])
@pytest.mark.parametrize("place", ["orders", "reports"])
def test_what_is_no_order_and_no_report_stops_nothing(folder: Path, place: str, content: bytes) -> None:
    spool = Spool(folder)
    good = order(ref(5)), report(ref(6))
    spool.take(good[0])
    spool.report(good[1])
    (folder / place / "left by an editor").write_bytes(content)
    (folder / place / "lost+found").mkdir()
    (folder / "ended" / "lost+found").mkdir()
    again = Spool(folder)
    assert (again.orders(), again.reports()) == ([good[0]], [good[1]])


def test_a_bounded_number_of_ended_attempts_is_remembered_the_newest_of_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "_REMEMBERED", 3)
    spool = Spool(folder)
    for number in (1, 2):
        spool.sent(ref(number))
        os.utime(folder / "ended" / str(ref(number)), (number, number))
    spool = Spool(folder)
    for number in (3, 4, 5):
        spool.sent(ref(number))
    assert [spool.knows(ref(number)) for number in (1, 2, 3, 4, 5)] == [False, False, True, True, True]
    assert len(_files(folder)) == 3
