"""Events as lines that hang together: each carries a digest over itself and all before it, so a copy can be checked by whoever has it."""

import hashlib
import json
from typing import Any, Final

FORMAT: Final = "mgeprof-events-1"
START: Final = "0" * 64


class Chain:
    """A line is ``{"digest":"<d>",<rest>}``; ``d`` is the SHA-256, in hexadecimal, of the digest before it, a line feed, and the rest as it stands there.

    The first line ``begin``s (its predecessor's digest is 64 zeros), the last one tells the ``end``: without it the copy was cut off.
    """

    def __init__(self) -> None:
        self.digest = START

    def line(self, name: str, body: str) -> str:
        """``body``: JSON without line feeds."""
        rest = f'"{name}":{body}'
        self.digest = hashlib.sha256(f"{self.digest}\n{rest}".encode()).hexdigest()
        return f'{{"digest":"{self.digest}",{rest}}}\n'

    def told(self, name: str, **fields: Any) -> str:
        return self.line(name, json.dumps(fields, ensure_ascii=False, separators=(",", ":")))
