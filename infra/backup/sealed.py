"""The secrets of webhooks in a backup: sealed with a key that is not in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from api.webhooks.sealing import Sealer, SealError
from infra.backup.folder import Folder, Manifest

TABLE = "webhooks"
_NOTHING = "\\N"
"""PostgreSQL's own, in its text format."""


@dataclass(frozen=True)
class Sealed:
    """``closed``: how many of ``webhooks`` have a secret that the keys at hand do not open."""

    webhooks: int
    closed: int

    def warning(self) -> str | None:
        """For whoever has the keys, or has to find them."""
        if not self.closed:
            return None
        return (
            f"The secrets of {self.closed} of {self.webhooks} webhooks in this backup were sealed with a key that is not known here. "
            "Set MGEPROF_WEBHOOKS_KEY to that of the installation that was backed up, or MGEPROF_WEBHOOKS_KEY_PREVIOUS beside a new one, "
            "before the api starts. Without it their messages wait until they are given up, or until their owners make new secrets."
        )


def sealed(folder: Folder, manifest: Manifest, sealer: Sealer) -> Sealed:
    """What of a backup that was checked these keys open."""
    kept = list(_kept(folder, manifest))
    return Sealed(len(kept), sum(not _opens(sealer, webhook, secrets) for webhook, secrets in kept))


def _kept(folder: Folder, manifest: Manifest) -> Iterator[tuple[UUID, list[str]]]:
    """Each webhook with its one or two secrets; none from a time when there were no webhooks."""
    columns = manifest.tables.get(TABLE, ())
    file = folder.tables / f"{TABLE}.copy"
    if not columns or not file.exists():
        return
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            # A tab or a new line within a value is written in other letters; a secret has neither.
            row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=True))
            yield UUID(row["id"]), [row[one] for one in ("secret", "previous_secret") if row[one] != _NOTHING]


def _opens(sealer: Sealer, webhook: UUID, secrets: list[str]) -> bool:
    try:
        for secret in secrets:
            sealer.unseal(secret, webhook)
    except SealError:
        return False
    return True
