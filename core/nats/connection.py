"""Connecting to the broker."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import structlog
from nats.aio.client import Client, Srv
from nats.aio.msg import Msg
from nats.errors import AuthorizationError
from nats.errors import Error as NatsError

from core.process import cancel_all

logger = structlog.get_logger(__name__)

CLOSE_WITHIN_S = 5.0
"""A client that was reconnecting may wait for its own reconnection for ever: nobody shall wait for it longer than this."""
CONNECT_WITHIN_S = 10
"""One try: where the broker asks a callout, and that a database, the client's own two seconds are short on a busy machine."""
WELCOME_WITHIN_S = 6
"""A little longer than the broker waits for its callout (``authorization.timeout``)."""
REFUSED = "authorization violation"
_AGAIN_S = 0.5
PING_INTERVAL_S = 5
"""With the client's default a hung broker goes unnoticed for four minutes."""


class BrokerUnreachableError(Exception):
    """The broker could not be reached in time, or refused the credentials."""


async def connect(
    url: str,
    seed: str,
    *,
    name: str,
    inbox_prefix: str = "_INBOX",
    timeout_s: float = 60.0,
    closed: Callable[[], None] | None = None,
    refusals_pass: bool = False,
) -> Client:
    """A connection that reconnects for ever once it stands.

    ``url``: of the broker, or of several of its nodes with commas between. ``seed``: the nkey seed of a user. ``closed`` is called when the connection is gone for good (the broker's authorisation changed):
    the process should then end and let its supervisor restart it. With ``refusals_pass`` that is no reason: whoever the broker has to ask may just be away. Raises BrokerUnreachableError after
    ``timeout_s`` seconds.
    """
    try:
        async with asyncio.timeout(timeout_s):
            while not await (client := _Client(refusals_pass=refusals_pass)).stand(  # noqa: ASYNC110 - each try is a connection
                servers=url.split(","),
                name=name,
                nkeys_seed_str=seed,
                inbox_prefix=inbox_prefix,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                connect_timeout=CONNECT_WITHIN_S,
                ping_interval=PING_INTERVAL_S,
                error_cb=_log_error(name),
            ):
                await asyncio.sleep(_AGAIN_S)
    except (TimeoutError, NatsError, OSError) as error:
        raise BrokerUnreachableError(
            f"no connection to the broker at {url} as {name} within {timeout_s:g} s: {error}"
        ) from error
    client.gone = closed
    return client


class _Client(Client):
    """Hears everybody out: what one of them sends must not end the connection through which all the others are heard. ``gone`` is called when it ends for good."""

    def __init__(self, *, refusals_pass: bool) -> None:
        super().__init__()
        self._refusals_pass = refusals_pass
        self.gone: Callable[[], None] | None = None

    async def stand(self, **options: Any) -> bool:
        """Connect, and see whether the broker takes us: while it asks a callout, the library believes that it has. Raises NatsError or OSError."""
        stands = False
        try:
            await self.connect(**options)
            stands = await self._is_welcome()
        finally:
            if not stands:
                await self.close()
        return stands

    async def _is_welcome(self) -> bool:
        try:
            await self.flush(timeout=WELCOME_WITHIN_S)
        except (NatsError, TimeoutError) as error:
            logger.warning("refused by the broker", action="broker_refused", error=repr(error))
            return False
        return True

    async def _connect_to_server(self, s: Srv) -> None:
        """The library leaves the line of a try that came to nothing to the collector."""
        self._hang_up()
        await super()._connect_to_server(s)

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()

    async def request(self, *args: Any, **options: Any) -> Msg:
        """Before Python 3.12 ``wait_for`` swallows a cancellation that comes together with its result, and whoever works for ever would do so."""
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        answer = await super().request(*args, **options)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return answer

    async def _process_err(self, err_msg: str) -> None:
        if self._refusals_pass and REFUSED in err_msg.lower():
            await self._process_op_err(AuthorizationError())
        else:
            await super()._process_err(err_msg)

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (UnicodeDecodeError, IndexError):
            return None

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        """As the client's own, which looks at every letter of every name: a quarter of the time that reading a log takes."""
        found: dict[str, str] = {}
        for line in raw.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            key = _header_name(name) if colon else None
            if key is not None:
                found[key] = value.strip().decode("utf-8", "replace")
        return found

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg:
        readable, answer = (part.decode(errors="replace") for part in (subject, reply))
        return self.msg_class(_client=self, subject=readable, reply=answer, data=data, headers=headers, _sid=sid)

    async def close(self) -> None:
        """Also when the broker is away: the client would fail on the way out over what it cannot send any more."""
        if not self.is_connected:
            self._pending, self._pending_data_size = [], 0
        closing = asyncio.create_task(self._close_quietly(), name="close the broker connection")
        _, late = await asyncio.wait({closing}, timeout=CLOSE_WITHIN_S)
        if late:
            logger.warning("broker connection dropped", action="broker_close_late")
        await cancel_all({closing})
        if self._reconnection_task is not None:
            await cancel_all({self._reconnection_task})
        self._hang_up()  # also what a reconnection that came to its end too late has opened

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        """Say so first: the library may fail or wait for ever over what it cannot send any more, and a process whose connection is gone would live on, deaf."""
        if self.gone is not None and not self.is_closed:
            self.gone()
        # The library closes refused connections in a task that nobody looks after, and sends once more over a line that the broker has cut.
        try:
            await super()._close(status, do_cbs)
        except OSError:
            self._hang_up()

    async def _close_quietly(self) -> None:
        with suppress(OSError):
            await super().close()


@lru_cache(maxsize=256)
def _header_name(name: bytes) -> str | None:
    """None for what is no name: it has other letters, or spaces inside."""
    try:
        text = name.strip().decode("ascii")
    except UnicodeDecodeError:
        return None
    return None if any(letter.isspace() for letter in text) else text


def _log_error(name: str) -> Callable[[Exception], Awaitable[None]]:
    async def log(error: Exception) -> None:
        logger.warning("broker connection error", action="broker_error", connection=name, error=repr(error))

    return log
