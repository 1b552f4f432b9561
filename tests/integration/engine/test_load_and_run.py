"""The driver ``load_and_run`` against a program that writes the log of the real one. No real binary has been met."""

from __future__ import annotations

import json
import stat
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from core.events.failure import FailureKind
from core.events.ids import Platform
from core.events.values import ProfileOptions
from runner.engine.drivers.load_and_run import LoadAndRunDriver
from runner.engine.job import ENGINE_PHASES, EngineFailed, EngineJob, EngineLimits, Measurement
from runner.engine.probe import EngineUnusable
from runner.sandbox.unconfined import Unconfined
from tests.integration.api.user import a_model, an_npy

PREFIX = "[22 20:00:00 strategy_normal.cpp:42] "

SPEAKS = """
    import json, os, sys, time
    flags = dict(one.lstrip("-").partition("=")[::2] for one in sys.argv[2:])
    with open(os.path.join(os.path.dirname(__file__), "calls"), "a") as calls:
        print(json.dumps(sys.argv[1:]), file=calls)
    def say(text):
        print({prefix!r} + text)
    say("using MegBrain 8.9999.0(0) and MegDNN 9.3.0")
    say("load model: 12.500ms")
    for number in range(int(flags["warmup_iter"])):
        say("=== prepare: 3.250ms; going to warmup")
        say("warm up %d  7.000ms" % number)
    {body}
    for number in range(int(flags["iter"])):
        time.sleep(0.01)
        say("iter %d/%s: e2e=%.3f ms (host=0.100 ms)" % (number, flags["iter"], 5 + number))
        sys.stdout.flush()
    say("=== finished test #0: time=5.000 ms avg_time=5.000 ms standard_deviation=-nan ms min=5.000 ms max=5.000 ms")
    if "profile" in flags:
        open(flags["profile"], "w").write("{{}}")
    say("=== total time: 5.000ms")
"""


class Tool:
    """The program, and a job for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binary = folder / "load_and_run"
        self.model = folder / "model"
        self.model.write_bytes(a_model())
        self.array = folder / "digest"
        self.array.write_bytes(an_npy())
        for name in ("output", "scratch"):
            (folder / name).mkdir()

    def does(self, body: str = "") -> None:
        program = textwrap.dedent(SPEAKS).format(prefix=PREFIX, body=body)
        self.binary.write_text(f"#!{sys.executable}\n{program}")
        self.binary.chmod(self.binary.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]

    async def measure(self, name: str = "data", platform: Platform = Platform.X86, **options: Any) -> Measurement:
        self.phases: list[str] = []
        job = EngineJob(
            self.model, {name: self.array}, self.folder / "output", self.folder / "scratch", ProfileOptions(**options)
        )
        driver = LoadAndRunDriver(self.binary, "1.13.0", platform, Unconfined())
        return await driver.measure(
            job, limits=EngineLimits(wall_s=60.0), on_phase=self.phases.append, on_line=lambda _: None
        )


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    return Tool(tmp_path)


async def test_figures_come_from_the_log(tool: Tool) -> None:
    tool.does()
    found = await tool.measure(iterations=3, warmup=2, profiled_passes=2)
    assert found.latencies == (0.005, 0.006, 0.007)
    assert found.profiled_latencies == (0.005, 0.005)
    assert (found.load_s, found.compile_s, found.first_run_s) == (0.0125, 0.00325, 0.007)
    assert found.engine_build == "MegBrain 8.9999.0(0), MegDNN 9.3.0"
    assert [path.name for path in found.raw_profiles] == ["raw-1.json", "raw-2.json"]
    assert tuple(tool.phases) == ENGINE_PHASES
    assert "iter 2/3: e2e=7.000 ms" in found.log.read_text()
    assert found.peak_memory > 2**20
    assert not found.warm


async def test_one_iteration_without_a_warm_up_is_enough(tool: Tool) -> None:
    tool.does()
    found = await tool.measure(iterations=1, warmup=0, profiled_passes=1)
    assert found.latencies == (found.first_run_s,) == (0.005,)


async def test_flags_are_ours_alone(tool: Tool) -> None:
    tool.does()
    await tool.measure(
        iterations=2, warmup=1, profiled_passes=1, threads=4, fast_run=True, nchw44_dot=True, workspace_limit=1024,
        weight_preprocess=True, ioc16=True,
    )  # fmt: skip
    clean, profiled = tool.calls
    array = tool.folder / "scratch" / "input-0.npy"
    model = clean[0]
    assert model.startswith("/proc/self/fd/")
    assert clean == [
        model, "--multithread=4", "--fast_run", "--weight_preprocess", "--enable_nchw44_dot", "--enable_ioc16",
        "--workspace_limit=1024", f"--input=data:{array}", "--warmup_iter=1", "--iter=2",
    ]  # fmt: skip
    assert profiled == [*clean[:-1], "--iter=1", f"--profile={tool.folder / 'scratch' / 'raw-1.json'}"]
    assert str(array.readlink()).startswith("/proc/self/fd/")


async def test_a_name_that_would_be_read_as_more_is_refused(tool: Tool) -> None:
    tool.does()
    for name in ("data;other", "a:b", "a b", "a\n--flagfile=/etc/passwd"):
        with pytest.raises(EngineFailed) as failed:
            await tool.measure(name)
        assert failed.value.kind is FailureKind.BAD_INPUT
    assert not (tool.folder / "calls").exists()


async def test_what_the_tool_does_not_have_is_refused(tool: Tool) -> None:
    tool.does()
    for options in ({"io16xc32": True}, {"batch_size": 2}):
        with pytest.raises(EngineFailed) as failed:
            await tool.measure(**options)
        assert failed.value.kind is FailureKind.UNSUPPORTED


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("os.kill(os.getpid(), 11)", FailureKind.ENGINE_CRASH),
        (
            "sys.stderr.write('failed to malloc 99 bytes with align'); sys.stderr.flush(); os.abort()",
            FailureKind.OUT_OF_MEMORY,
        ),
        (
            "sys.stderr.write('assertion m_offset + size <= m_size failed'); sys.stderr.flush(); os.abort()",
            FailureKind.BAD_MODEL,
        ),
        ("sys.exit(0)", FailureKind.BAD_MODEL),
    ],
)
async def test_a_run_that_ends_badly_has_its_kind(tool: Tool, body: str, kind: FailureKind) -> None:
    tool.does("sys.stdout.flush(); " + body)
    with pytest.raises(EngineFailed) as failed:
        await tool.measure()
    assert failed.value.kind is kind


async def test_the_probe_names_the_binary_by_its_digest(tool: Tool) -> None:
    driver = LoadAndRunDriver(tool.binary, "1.13.0", Platform.ARM, Unconfined())
    with pytest.raises(EngineUnusable, match="build-load-and-run"):
        await driver.probe()
    tool.does()
    first = await driver.probe()
    assert first.build.startswith("1.13.0+load_and_run.")
    tool.does("pass")
    assert (await driver.probe()).build != first.build
