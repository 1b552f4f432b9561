"""Letting runners in: the broker asks at each connection, and whoever holds the key of an enrolled runner gets its own subjects.

NATS auth callout in the mode of a server's configuration, sealed; the layouts are those of nats-server's ADR-26. Nothing else gets in
here: users of the configuration are not asked about, but for those of the account EDGE, which has none.
"""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import nkeys
import structlog
from nacl.exceptions import BadSignatureError
from nacl.exceptions import TypeError as NaclTypeError
from nacl.signing import VerifyKey
from nats.aio.client import Client
from nats.aio.msg import Msg

from core.events import subjects
from core.events.ids import RunnerId
from core.nats.xkey import SealError, seal, unseal

logger = structlog.get_logger(__name__)

EDGE = "EDGE"
_SUBJECT, _QUEUE = "$SYS.REQ.USER.AUTH", "callout"
_SERVER_KEY = "Nats-Server-Xkey"

Admit = Callable[[str], Awaitable[RunnerId | None]]
"""The runner whose public key this is, or None for a key that is unknown or was revoked."""


class Callout:
    """Through a connection of the account AUTH. ``issuer_seed`` signs users (``SA…``): who has it can be anybody."""

    def __init__(self, nc: Client, issuer_seed: str, xkey_seed: str, admit: Admit, now: Callable[[], float]) -> None:
        self._nc = nc
        self._issuer = nkeys.from_seed(issuer_seed.encode())
        self._xkey_seed = xkey_seed
        self._admit = admit
        self._now = now

    async def serve(self) -> None:
        """Answer from now on; returns at once. Several services share the work."""
        await self._nc.subscribe(_SUBJECT, queue=_QUEUE, cb=self._answer)

    async def _answer(self, message: Msg) -> None:
        """No answer refuses, too, but only after the broker's time limit."""
        server_key = (message.headers or {}).get(_SERVER_KEY, "")
        try:
            asked = _claims(unseal(message.data, self._xkey_seed, server_key))["nats"]
        except (SealError, ValueError, KeyError, TypeError) as error:
            logger.warning("callout not understood", action="callout_malformed", error=repr(error))
            return
        jwt = await self._decide(asked)
        logger.info("callout", action="callout", admitted=jwt is not None)
        answer = {"jwt": jwt} if jwt else {"error": "this key is not that of an enrolled runner"}
        response = self._token(
            asked["user_nkey"],
            asked["server_id"]["id"],
            {**answer, "type": "authorization_response", "version": 2},
        )
        await message.respond(seal(response.encode(), self._xkey_seed, server_key))

    async def _decide(self, asked: dict[str, Any]) -> str | None:
        """The user's token, or None when it may not come in."""
        given = asked.get("connect_opts", {})
        key = str(given.get("nkey") or given.get("auth_token") or "")
        nonce = asked.get("client_info", {}).get("nonce", "")
        if not _signed(key, nonce, str(given.get("sig") or "")):
            return None
        runner = await self._admit(key)
        if runner is None:
            return None
        publish, subscribe = permissions(runner)
        grant = {"pub": {"allow": publish}, "sub": {"allow": subscribe}, "subs": -1, "data": -1, "payload": -1}
        return self._token(asked["user_nkey"], EDGE, {**grant, "type": "user", "version": 2}, name=str(runner))

    def _token(self, subject: str, audience: str, nats: dict[str, Any], **more: str) -> str:
        claims = {
            "sub": subject,
            "aud": audience,
            "iss": self._issuer.public_key.decode(),
            "iat": int(self._now()),
            "jti": uuid4().hex,
            "nats": nats,
            **more,
        }
        head = _base64(json.dumps({"typ": "JWT", "alg": "ed25519-nkey"}).encode())
        body = f"{head}.{_base64(json.dumps(claims).encode())}"
        return f"{body}.{_base64(self._issuer.sign(body.encode()))}"


def permissions(runner: UUID) -> tuple[list[str], list[str]]:
    """What a runner may publish and subscribe to: its own subjects, inbox and consumer."""
    consumer = subjects.dispatch_consumer(RunnerId(runner))
    publish = [
        f"report.{runner}.>",
        f"rpc.{runner}.>",
        f"$JS.API.CONSUMER.MSG.NEXT.{subjects.DISPATCH}.{consumer}",
        f"$JS.ACK.{subjects.DISPATCH}.{consumer}.>",
        f"$JS.ACK.*.*.{subjects.DISPATCH}.{consumer}.>",
    ]
    return publish, [f"_INBOX_{runner}.>", f"ctl.{runner}.>"]


def is_user_key(text: str) -> bool:
    """Whether this is the public nkey of a user (``U…``)."""
    return _raw_key(text) is not None


def _raw_key(text: str) -> bytes | None:
    try:
        raw = base64.b32decode(text.encode())
    except ValueError:
        return None
    whole = (
        text.startswith("U") and len(raw) == 35 and binascii.crc_hqx(raw[:-2], 0) == int.from_bytes(raw[-2:], "little")
    )
    return raw[1:-2] if whole else None


def _signed(key: str, nonce: str, signature: str) -> bool:
    """Whether the holder of the key signed the broker's nonce. Without a nonce nothing is proved."""
    raw = _raw_key(key)
    if raw is None or not nonce:
        return False
    try:
        # Clients write either alphabet of base64, with or without padding.
        plain = signature.rstrip("=").replace("-", "+").replace("_", "/")
        VerifyKey(raw).verify(nonce.encode(), base64.b64decode(plain + "=" * (-len(plain) % 4)))
    except (BadSignatureError, ValueError, NaclTypeError):
        return False
    return True


def _claims(token: bytes) -> dict[str, Any]:
    body = token.decode().split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
