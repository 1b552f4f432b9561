"""Where `mgeprof login` keeps what it was given: one key for each server, and the links that were opened there, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from client.errors import ClientError

CONFIG_VARIABLE = "MGEPROF_CONFIG_DIR"


class CredentialsError(ClientError):
    """The file of credentials cannot be used."""


@dataclass(frozen=True)
class Credential:
    """``key_id``: the server's id of a key that logging in made, so that logging out can revoke it; empty for one that was given."""

    key: str = field(repr=False)
    name: str = ""
    key_id: str = ""


class Credentials:
    """A file ``credentials.json`` (0600) in the user's configuration folder, or in ``MGEPROF_CONFIG_DIR``."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.file = _folder(environment) / "credentials.json"

    def of(self, url: str) -> Credential | None:
        """Raises CredentialsError."""
        known = self._read()["servers"].get(url)
        return None if known is None else Credential(**known)

    @property
    def current(self) -> str | None:
        """The server where somebody logged in last. Raises CredentialsError."""
        url: str | None = self._read()["current"]
        return url

    def links(self, url: str) -> dict[str, str]:
        """Secrets of opened links by the id of the run or sweep that each opens. Raises CredentialsError."""
        return dict(self._read()["links"].get(url, {}))

    def keep(self, url: str, credential: Credential) -> None:
        """Raises CredentialsError."""
        known = self._read()
        servers = {**known["servers"], url: asdict(credential)}
        self._write({**known, "current": url, "servers": servers})

    def keep_link(self, url: str, ids: Iterable[str], secret: str) -> None:
        """``ids``: of the runs and the sweep that it opens. Names the server where none is known yet. Raises CredentialsError."""
        known = self._read()
        links = {**known["links"], url: {**known["links"].get(url, {}), **dict.fromkeys(ids, secret)}}
        self._write({**known, "current": known["current"] or url, "links": links})

    def forget(self, url: str) -> None:
        """The login; links stay, which belong to nobody. Raises CredentialsError."""
        known = self._read()
        servers = {other: kept for other, kept in known["servers"].items() if other != url}
        current = known["current"] if known["current"] != url else next(iter(servers), None)
        self._write({**known, "current": current, "servers": servers})

    def _read(self) -> dict[str, Any]:
        try:
            known: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
            return {
                "current": known["current"],
                "servers": dict(known["servers"]),
                "links": dict(known.get("links", {})),
            }
        except FileNotFoundError:
            return {"current": None, "servers": {}, "links": {}}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CredentialsError(f"{self.file} cannot be read ({error}). Remove it, and log in again.") from error

    def _write(self, known: dict[str, Any]) -> None:
        """Whole or not at all, and never readable for others."""
        fresh = self.file.with_name(f".{self.file.name}.{secrets.token_hex(4)}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                json.dump(known, out, indent=2)
            fresh.replace(self.file)
        except OSError as error:
            raise CredentialsError(f"{self.file} cannot be written: {error}") from error


def _folder(environment: Mapping[str, str]) -> Path:
    named = environment.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    # Late: most commands are told where the server is.
    from platformdirs import user_config_path

    return user_config_path("mgeprof")
