"""Passwords: Argon2id, off the event loop, in as many threads as were allowed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Final, Protocol, TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr, StringConstraints

from api.accounts.names import key_of
from api.errors.problem import RefusedError
from core.domain.told import Told

T = TypeVar("T")
SHORTEST: Final = 10
LONGEST_BYTES: Final = 1024

Password = Annotated[SecretStr, StringConstraints(max_length=LONGEST_BYTES)]


class Hasher(Protocol):
    def hash(self, password: str) -> str: ...

    def verify(self, password: str, hash: str) -> bool: ...  # noqa: A002 - pwdlib's name

    def check_needs_rehash(self, hash: str) -> bool: ...  # noqa: A002 - pwdlib's name


def argon2id() -> Hasher:
    """19 MiB, two passes, one lane: OWASP's first choice where several people may log in at once on a small machine."""
    return Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)


class Passwords:
    """Every login verifies exactly one hash, also that of a name which nobody has: the time tells nothing."""

    def __init__(self, threads: int, hasher: Hasher | None = None, *, most: int = 64) -> None:
        """``most``: how many may be worked on or wait; what waits longer than people do is work for nobody."""
        self._hasher = hasher or argon2id()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._most, self._under_way = most, 0
        self._nobodys: asyncio.Future[str] | None = None

    async def hash(self, password: str) -> str:
        """Raises RefusedError with ``hashing_busy``."""
        return await self._work(partial(self._hasher.hash, password))

    async def verify(self, password: str, known: str | None) -> bool:
        """Whether it is the password of the hash; without a hash it never is, and costs the same.

        Raises RefusedError with ``hashing_busy``, whether there is a hash or not.
        """
        if len(password.encode()) > LONGEST_BYTES:  # never accepted as a password, and not worth hashing
            return False
        against = known if known is not None else await self._hash_of_nobody()
        right = await self._work(partial(self._hasher.verify, password, against))
        return right and known is not None

    def is_outdated(self, known: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(known)

    async def prepare(self) -> None:
        """Make what the first login of nobody would otherwise pay for."""
        await self._hash_of_nobody()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _hash_of_nobody(self) -> str:
        if self._nobodys is None:
            # Not counted: it is made once, and every login of nobody waits for it.
            self._nobodys = asyncio.ensure_future(self._in_thread(partial(self._hasher.hash, "the password of nobody")))
        return await asyncio.shield(self._nobodys)

    async def _work(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._most:
            raise RefusedError("hashing_busy", Told("{count} passwords are being looked at.", count=self._under_way))
        self._under_way += 1
        try:
            return await self._in_thread(work)
        finally:
            self._under_way -= 1

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def check(password: str, *names: str | None) -> None:
    """Length, and that it is none of the account's names. Raises RefusedError with ``password_weak``."""
    if len(password) < SHORTEST:
        raise RefusedError("password_weak", Told("A password has at least {shortest} letters.", shortest=SHORTEST))
    if len(password.encode()) > LONGEST_BYTES:
        raise RefusedError(
            "password_weak", Told("A password has at most {longest_bytes} bytes.", longest_bytes=LONGEST_BYTES)
        )
    if key_of(password) in {key_of(name) for name in names if name}:
        raise RefusedError("password_weak", "A password is not the account's name or e-mail address.")
