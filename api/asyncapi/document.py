"""The AsyncAPI 3 document, made from the events' own models."""

import inspect
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from api.asyncapi import schemas
from api.events.resources import MEDIA_TYPE
from core.events.catalogue import FACTS
from core.events.ids import Aggregate, Platform

Part = dict[str, Any]

SHOWN: Final = tuple(aggregate for aggregate in Aggregate if aggregate is not Aggregate.ACCOUNT)
"""What programs that listen at the broker hear of."""
STREAM, WEBHOOK, LOG = "stream", "webhook", "log"
_STORED: Final = "stored."
_POSTED: Final = "posted."

_ABOUT: Final = """What happens in mgeprof, as it happens. Each event is told on three ways: over HTTP as server-sent events, as a webhook, and, for programs beside the \
broker, over NATS. All are CloudEvents 1.0; an event has the same id on each. What can be asked is described by OpenAPI, in `openapi.json`."""


def document(api_url: str) -> Part:
    """``api_url``: where people reach the api."""
    return {**_all_but_servers(), "servers": _servers(api_url)}


@cache
def _all_but_servers() -> Part:
    found = schemas.described()
    names = {aggregate: [f"{aggregate}.{type_}" for type_ in types] for aggregate, types in FACTS.items()}
    everything = [name for some in names.values() for name in some]
    at_broker = [_STORED + name for aggregate in SHOWN for name in names[aggregate]]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "mgeprof", "version": "1", "description": _ABOUT},
        "defaultContentType": MEDIA_TYPE,
        "channels": _channels(everything, at_broker),
        "operations": _operations(),
        "components": {
            "messages": {
                **{name: _message(name, found.data[name]) for name in everything},
                **{_POSTED + name: _posted(name) for name in everything},
                **{_STORED + name: _stored(name, found.data[name]) for aggregate in SHOWN for name in names[aggregate]},
            },
            "schemas": {**found.schemas, "WebhookHeaders": schemas.webhook_headers()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API key or an access token."},
                "nkey": {"type": "asymmetricEncryption", "description": "The nkey of the account VIEW."},
            },
        },
    }


def _servers(api_url: str) -> Part:
    api = urlsplit(api_url)
    return {
        "api": {
            "host": api.netloc,
            "protocol": api.scheme,
            "description": "Server-sent events.",
            "security": [{"$ref": "#/components/securitySchemes/token"}],
        },
        "broker": {
            "host": "{broker}",
            "protocol": "nats",
            "description": "For programs inside the cluster, by the read-only account VIEW.",
            "variables": {"broker": {"description": "Host and port of the broker.", "default": "127.0.0.1:4222"}},
            "security": [{"$ref": "#/components/securitySchemes/nkey"}],
        },
    }


def _channels(everything: list[str], at_broker: list[str]) -> Part:
    return {
        STREAM: {
            "address": "/api/v1/events/stream",
            "title": "Server-sent events",
            "description": "Each message stands in the field `data`; its `id` is the event's sequence, which `Last-Event-ID` goes on from.",
            "servers": [{"$ref": "#/servers/api"}],
            "messages": _references(everything),
        },
        WEBHOOK: {
            "address": None,
            "title": "Webhooks",
            "description": "POST to an address that was given to `POST /api/v1/webhooks`, signed by the Standard Webhooks convention. Those about one thing come in order.",
            "messages": _references([_POSTED + name for name in everything]),
        },
        LOG: {
            "address": "log.{aggregate}.{platform}.{id}.{type}",
            "title": "NATS",
            "description": "What the log has stored, at most once: who was away asks the api for what it missed.",
            "servers": [{"$ref": "#/servers/broker"}],
            "parameters": {
                "aggregate": {"enum": [str(one) for one in SHOWN], "description": "What kind of thing it happened to."},
                "platform": {"enum": [str(one) for one in Platform], "description": "`any` for what has no device."},
                "id": {"description": "The id of what it happened to."},
                "type": {"description": "What happened."},
            },
            "messages": _references(at_broker),
        },
    }


def _operations() -> Part:
    told = {
        STREAM: ("tellStream", "Tell whoever follows the stream what they may see."),
        WEBHOOK: ("postWebhook", "Post to a webhook what happened to its account's things."),
        LOG: ("publishLog", "Publish what was stored."),
    }
    operations: Part = {
        name: {"action": "send", "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}
        for channel, (name, summary) in told.items()
    }
    operations["postWebhook"]["bindings"] = {"http": {"method": "POST", "bindingVersion": "0.3.0"}}
    operations["tellStream"]["bindings"] = {"http": {"method": "GET", "bindingVersion": "0.3.0"}}
    return operations


def _references(names: list[str]) -> Part:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _message(name: str, data: schemas.Schema) -> Part:
    return {
        "name": name,
        "title": name,
        "summary": _about(name),
        "contentType": MEDIA_TYPE,
        "payload": schemas.cloud_event(name, data),
    }


def _posted(name: str) -> Part:
    return {
        "name": _POSTED + name,
        "title": f"{name}, as it is posted",
        "summary": _about(name),
        "contentType": MEDIA_TYPE,
        "headers": {"$ref": "#/components/schemas/WebhookHeaders"},
        "payload": {"$ref": f"#/components/messages/{name}/payload"},
    }


def _stored(name: str, data: schemas.Schema) -> Part:
    return {
        "name": _STORED + name,
        "title": f"{name}, as it was stored",
        "summary": _about(name),
        "contentType": "application/json",
        "headers": schemas.stored_headers(name),
        "payload": schemas.stored(name.partition(".")[2], data),
    }


def _about(name: str) -> str:
    aggregate, type_ = name.split(".")
    fact = FACTS[Aggregate(aggregate)][type_]
    # A class without words of its own would show its base's.
    words = inspect.cleandoc(fact.__doc__ or "").partition("\n\n")[0].replace("``", "`")
    return words or f"{aggregate.capitalize()} {type_.replace('_', ' ')}."
