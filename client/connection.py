"""Where the server is and who is asking: argument, then environment, then a stack's home."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from client.credentials import Credentials
from client.errors import NoServerKnownError
from client.language import accept_language

URL_VARIABLE = "MGEPROF_URL"
TOKEN_VARIABLE = "MGEPROF_TOKEN"  # noqa: S105  (its name)
HOME_FOLDER = ".mgeprof"


@dataclass(frozen=True)
class Connection:
    """``url`` is the server's base URL, without a slash at its end. ``token`` is empty when nobody gave one.

    ``links``: secrets of links that were opened, by the id of the run or sweep that each opens. ``language``: what the server is asked to answer in.
    """

    url: str
    token: str = field(default="", repr=False)
    links: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str | None = field(default_factory=lambda: accept_language(os.environ), compare=False)


@dataclass(frozen=True)
class _Home:
    folder: Path
    url: str | None
    token: str | None


def find_connection(
    url: str | None = None,
    token: str | None = None,
    home: Path | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Connection:
    """Find the server's URL and the caller's token.

    Each is looked for as argument, in the environment, and in the home of a running stack: ``home``, else ``.mgeprof`` in
    ``folder`` (default: the current one) or above. A home that was named goes before the environment. A home's token is used
    for its own URL only: it is not shown to other servers. What `mgeprof login` kept for a server goes before the token of a home
    that was only come across, and names the server when nothing else does.

    Raises:
        NoServerKnownError: when no URL is to be found.
        CredentialsError: when what was kept cannot be read.
    """
    kept = Credentials(environment)
    named = _read_home(home) if home is not None else None
    if named is not None and url is None and named.url is None:
        raise NoServerKnownError(
            f"No mgeprof runs on {named.folder}. Start it with `mgeprof up --home {named.folder}`."
        )
    environment_url = environment.get(URL_VARIABLE) if named is None else None
    found = named or _nearest_home(folder or Path.cwd())
    known_url = url or environment_url or (found.url if found else None) or (None if named else kept.current)
    if known_url is None:
        raise NoServerKnownError(_nothing_found(found))
    known_url = known_url.rstrip("/")
    home_token = found.token if found and found.url == known_url else None
    environment_token = environment.get(TOKEN_VARIABLE)
    tokens = (home_token, environment_token) if named else (environment_token, _kept_key(kept, known_url), home_token)
    found_token = token or next(filter(None, tokens), "")
    return Connection(known_url, found_token, kept.links(known_url), accept_language(environment))


def _kept_key(kept: Credentials, url: str) -> str | None:
    known = kept.of(url)
    return None if known is None else known.key


def _nothing_found(home: _Home | None) -> str:
    where = f"No mgeprof runs on {home.folder}." if home else "No mgeprof was found from this folder."
    return f"{where} Start one with `mgeprof up`, or log in with `mgeprof login --url URL`, or set {URL_VARIABLE} and {TOKEN_VARIABLE}."


def _nearest_home(folder: Path) -> _Home | None:
    for parent in (folder, *folder.parents):
        candidate = parent / HOME_FOLDER
        if (candidate / "stack.json").exists() or (candidate / "token").exists():
            return _read_home(candidate)
    return None


def _read_home(home: Path) -> _Home:
    return _Home(home, _stack_url(home / "stack.json"), _text(home / "token"))


def _stack_url(file: Path) -> str | None:
    text = _text(file)
    if text is None:
        return None
    try:
        url = json.loads(text)["url"]
    except (ValueError, KeyError, TypeError) as error:
        raise NoServerKnownError(
            f"{file} is not the state of a running mgeprof: start it again with `mgeprof up`."
        ) from error
    return str(url).rstrip("/")


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise NoServerKnownError(
            f"{file} belongs to somebody else: use a home of your own, or --url and {TOKEN_VARIABLE}."
        ) from error
