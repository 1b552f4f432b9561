"""`mgeprof runner`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import platformdirs
import typer
from rich.console import Console

from infra.cli.processes import become

if TYPE_CHECKING:
    from runner.config import EngineConfig, RunnerConfig

app = typer.Typer(no_args_is_help=True)

FOLDER = platformdirs.user_config_path("mgeprof") / "runner"
Config = Annotated[
    Path, typer.Option(exists=True, dir_okay=False, help="The runner's configuration file, if not the registered one.")
]


@app.callback()
def runner() -> None:
    """Run this machine as a device."""


@app.command()
def run(config: Config = FOLDER / "runner.toml") -> None:
    """Take work and run it, until stopped."""
    become("runner", "--config", str(config))


@app.command()
def register(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    url: Annotated[str, typer.Option(help="The server's address.", show_default=False)],
    token: Annotated[str, typer.Option(help="A one-time token: `mgeprof device token` makes one.", show_default=False)],
    name: Annotated[str, typer.Option(help="What people shall call the device.", show_default=False)],
    labels: Annotated[str, typer.Option(help="Words that describe it, with commas between them.")] = "",
    private: Annotated[
        bool, typer.Option("--private", help="For its owner, and those whom the owner lets in.")
    ] = False,
    platform: Annotated[str | None, typer.Option(help="x86, cuda or arm; found out if not given.")] = None,
    load_and_run: Annotated[
        list[str] | None,
        typer.Option(metavar="VERSION=FILE", help="A load_and_run binary; may be repeated.", show_default=False),
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where configuration, key and state go.")] = FOLDER,
) -> None:
    """Make this machine a runner of a server, by a one-time token. Engines that are installed are offered."""
    from core.events.ids import Platform
    from runner.registration import Asked, RegistrationError
    from runner.registration import register as registered

    console = Console(stderr=True, highlight=False)
    words = [word.strip() for word in labels.split(",") if word.strip()]
    chosen = None if platform is None else Platform(platform)
    try:
        engines = _engines(load_and_run or [])
        asked = Asked(url, token, name, folder, engines, chosen, words, private)
        config = asyncio.run(registered(asked))
    except (RegistrationError, ValueError) as error:
        _fail(console, str(error))
    console.print(f"Registered. Start it: mgeprof runner run --config {config}", markup=False, soft_wrap=True)


def _engines(binaries: list[str]) -> list[EngineConfig]:
    from infra.engines.environment import installed_engines
    from runner.config import EngineConfig

    found = [EngineConfig(version=one.version, driver="megengine", python=one.python) for one in installed_engines()]
    for given in binaries:
        version, _, file = given.partition("=")
        found.append(EngineConfig(version=version, driver="load_and_run", binary=Path(file).absolute()))
    if not found:
        raise ValueError("No engine is here. Install one: mgeprof engine install 1.13.0, or give --load-and-run.")
    return found


@app.command()
def status(config: Config = FOLDER / "runner.toml") -> None:
    """Say whether this machine is a runner, and whether the server still lets it in."""
    from runner.config import read_seed
    from runner.registration import RegistrationError, key_state

    console = Console(highlight=False)
    known = _config(config)
    console.print(f"{known.name}  {known.platform}  {known.id}", markup=False, soft_wrap=True)
    console.print("engines: " + ", ".join(f"{one.version} ({one.driver})" for one in known.engine), markup=False)
    if known.url is None:
        console.print("The broker's own configuration lets it in.")
        return
    try:
        state = asyncio.run(key_state(known.url, read_seed(known)))
    except RegistrationError as error:
        _fail(console, str(error))
    console.print(f"{known.url}: {state}", markup=False, soft_wrap=True)
    if state != "enrolled":
        raise typer.Exit(1)


@app.command()
def remove(
    config: Config = FOLDER / "runner.toml",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    local_only: Annotated[
        bool, typer.Option("--local-only", help="Do not tell the server, which then keeps the registration.")
    ] = False,
) -> None:
    """Take this machine out for ever: the server voids its registration and hands on what it holds; configuration, key and state are deleted here."""
    from runner.removal import NotToldError, forget, resign

    console, known = Console(stderr=True, highlight=False), _config(config)
    if not yes:
        typer.confirm(f"Remove the runner {known.name} ({known.id})?", abort=True)
    if not local_only:
        try:
            asyncio.run(resign(known))
        except NotToldError as error:
            _fail(console, _not_told(known.id, str(error)))
    forget(known, config)
    told = known.url is not None and not local_only
    where = ", and at the server." if told else f". At the server: mgeprof device remove {known.id}"
    console.print(f"Removed here{where}", markup=False, soft_wrap=True)


def _not_told(runner: object, why: str) -> str:
    return (
        f"nothing was removed, for the server could not be told: {why}\nTry again when it can be reached. Or remove it with --local-only, "
        f"and have its owner or an administrator void the registration: mgeprof device remove {runner}"
    )


@app.command()
def doctor(config: Config = FOLDER / "runner.toml") -> None:
    """Check engine, sandbox, key, network, clock and disk, and say what to do."""
    from runner.doctor import examine

    console = Console(highlight=False)
    findings = asyncio.run(examine(_config(config)))
    for one in findings:
        mark, style = ("ok", "green") if one.good else ("!!", "yellow" if one.open else "red")
        console.print(f"[{style}]{mark}[/]  {one.what}", end="")
        console.print(f": {one.told}", markup=False, soft_wrap=True)
        if one.advice:
            console.print(f"      {one.advice}", markup=False, soft_wrap=True)
    if any(not one.good and not one.open for one in findings):
        raise typer.Exit(1)


def _config(file: Path) -> RunnerConfig:
    from runner.config import ConfigError, load_config

    try:
        return load_config(file)
    except ConfigError as error:
        _fail(Console(stderr=True, highlight=False), str(error))


def _fail(console: Console, words: str) -> NoReturn:
    console.print(f"mgeprof: {words}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)
