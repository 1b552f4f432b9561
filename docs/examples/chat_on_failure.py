"""Receive webhooks of mgeprof, and tell a chat about runs that failed. Needs `pip install standardwebhooks`.

Make a webhook for it, and give it the secret:

    mgeprof webhook create https://hooks.example.org/mgeprof --type task.failed --type task.expired

    MGEPROF_URL       where people reach mgeprof, for the links
    WEBHOOK_SECRET    what `webhook create` printed; two with a space between while it is being changed
    CHAT_URL          an incoming webhook of the chat, one that takes {"text": "…"} (Slack, Mattermost, Rocket.Chat and others)
    PORT              8080 by default; put a proxy with TLS before it
"""

import json
import os
import urllib.request
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

REMEMBERED = 10_000
MOST_BYTES = 1 << 20


def verified(body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
    """The event, or None when none of the secrets signed it, or it is old."""
    for secret in os.environ["WEBHOOK_SECRET"].split():
        try:
            event: dict[str, Any] = Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            continue
        return event
    return None


def words(event: dict[str, Any]) -> str:
    run = event["subject"].rpartition(".")[2]
    why = event["data"].get("kind", "it waited too long for a device").replace("_", " ")
    return f"A run failed: {why}. {os.environ['MGEPROF_URL']}/runs/{run}"


def tell(text: str) -> None:
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(os.environ["CHAT_URL"], body, {"content-type": "application/json"})  # noqa: S310 - our own setting
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - as above


class Receiver(BaseHTTPRequestHandler):
    told: OrderedDict[str, None] = OrderedDict()

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), MOST_BYTES))
        event = verified(body, dict(self.headers))
        if event is None:
            return self.answer(401)
        # A message may come twice; its id says so.
        if event["id"] not in self.told:
            if event["type"] in {"task.failed", "task.expired"}:
                try:
                    tell(words(event))
                except OSError:
                    return self.answer(502)  # mgeprof sends it again
            self.told[event["id"]] = None
            if len(self.told) > REMEMBERED:
                self.told.popitem(last=False)
        return self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Receiver).serve_forever()
