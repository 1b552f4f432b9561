from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.engine.log import LINE_BYTES, TAIL_BYTES, EngineLog, last_lines


def take_all(path: Path, pieces: list[bytes], limit: int = 1_000_000) -> tuple[list[str], list[bool], str]:
    lines: list[str] = []
    with EngineLog(path, limit, lines.append) as log:
        taken = [log.take(piece) for piece in pieces]
        log.end()
        return lines, taken, log.tail


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n"), max_size=200), st.data())
def test_lines_are_the_same_however_the_log_is_cut(tmp_path: Path, text: str, data: st.DataObject) -> None:
    content = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    pieces = [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    lines, taken, _ = take_all(tmp_path / "log", pieces)
    assert lines == text.removesuffix("\n").split("\n") if text else lines == []
    assert all(taken)
    assert (tmp_path / "log").read_bytes() == content


def test_nothing_beyond_the_limit_is_kept(tmp_path: Path) -> None:
    lines, taken, _ = take_all(tmp_path / "log", [b"a" * 6, b"b" * 6, b"c" * 6], limit=10)
    assert taken == [True, False, False]
    assert (tmp_path / "log").read_bytes() == b"aaaaaabbbb"
    assert lines == ["aaaaaabbbb"]


def test_a_log_of_exactly_the_limit_is_allowed(tmp_path: Path) -> None:
    assert take_all(tmp_path / "log", [b"a" * 10], limit=10)[1] == [True]


def test_a_line_is_told_cut_and_kept_whole(tmp_path: Path) -> None:
    long = b"x" * (3 * LINE_BYTES)
    lines, _, tail = take_all(tmp_path / "log", [long, long, b"\nnext\n"])
    assert [len(line) for line in lines] == [LINE_BYTES, 4]
    assert (tmp_path / "log").stat().st_size == 6 * LINE_BYTES + 6
    assert len(tail) == TAIL_BYTES


def test_a_follower_gets_no_control_characters(tmp_path: Path) -> None:
    lines, _, _ = take_all(tmp_path / "log", [b"\x1b[1;31mERR\x1b[0m \x1b]0;title\x07 \xff\ttab\r\n"])
    assert lines == ["ERR ]0;title \ufffd\ttab"]


NOISE = rb"""/opt/megengine/_env_initlization.py:23: UserWarning: pkg_resources is deprecated as an API. See https://setuptools.pypa.io
  import pkg_resources
debug: failed to load cuda func: cuDeviceGetCount
info: ++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++
info: + Failed to load CUDA driver library, MegEngine works under CPU mode now.      +
info: + To use CUDA mode, please make sure NVIDIA GPU driver was installed properly. +
info: + Refer to https://discuss.megengine.org.cn/t/topic/1264 for more information. +

"""


def test_the_last_lines_are_clean_and_say_something(tmp_path: Path) -> None:
    log = tmp_path / "log"
    said = [f"line {number}" for number in range(5)]
    log.write_bytes(NOISE + b"\x1b[31mWRN concat pass fallback\x1b[0m\n" + "\n".join(said).encode())
    assert last_lines(log, 6) == ["WRN concat pass fallback", *said]
    assert last_lines(log, 2) == said[-2:]
    log.write_bytes(NOISE)
    assert last_lines(log, 9) == []


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 200_000 + b"\nlast")
    *_, last = last_lines(tmp_path / "log", 2)
    assert last == "last"
