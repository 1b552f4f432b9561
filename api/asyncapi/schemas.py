"""JSON schemas of events: what each one's data are, and what stands around them on each way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from api.events.resources import EventResource
from core.events.catalogue import FACTS
from core.events.cloud import SOURCE

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/{model}"
_ID: Final = {"type": "string", "format": "uuid"}
_ID_OR_NONE: Final = {"anyOf": [_ID, {"type": "null"}]}


@dataclass(frozen=True)
class Described:
    """``data``: a reference to the schema of each event's data, by its name. ``schemas``: all that is referred to."""

    data: Mapping[str, Schema]
    schemas: Mapping[str, Schema]


def described() -> Described:
    """From the models with which events are written and read."""
    facts = {f"{aggregate}.{type_}": fact for aggregate, by_type in FACTS.items() for type_, fact in by_type.items()}
    wanted = [(fact, "serialization") for fact in dict.fromkeys(facts.values())]
    references, found = models_json_schema([*wanted, (EventResource, "serialization")], ref_template=_REF)  # type: ignore[list-item] # a literal in a list of pairs
    schemas: dict[str, Schema] = found["$defs"]
    for fact, mode in wanted:
        # An event's type stands around its data, not in them.
        schema = schemas[references[fact, mode]["$ref"].rpartition("/")[2]]  # type: ignore[index] # as above
        schema["properties"].pop("type", None)
    _leave_out_what_is_null(schemas[EventResource.__name__])
    data = {name: references[fact, "serialization"] for name, fact in facts.items()}
    return Described(data, schemas)


def _leave_out_what_is_null(envelope: Schema) -> None:
    """A CloudEvent does not have an attribute that has no value."""
    for name, field in envelope["properties"].items():
        if {"type": "null"} in field.get("anyOf", ()):
            [alone] = [one for one in field.pop("anyOf") if one != {"type": "null"}]
            field.update(alone)
            envelope["required"].remove(name)


def cloud_event(name: str, data: Schema) -> Schema:
    """A message of the stream or of a webhook."""
    return {
        "allOf": [
            {"$ref": _REF.format(model=EventResource.__name__)},
            {"type": "object", "properties": {"type": {"const": name}, "data": data}},
        ]
    }


def stored(event_type: str, data: Schema) -> Schema:
    """A message's body as it stands in the log."""
    properties = {
        "id": _ID,
        "type": {"const": event_type},
        "version": {"type": "integer"},
        "owner": _ID,
        "actor": _ID,
        "correlation_id": _ID,
        "causation_id": _ID_OR_NONE,
        "data": data,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def stored_headers(name: str) -> Schema:
    """The attributes of a CloudEvent in its binary mode, and what the broker adds."""
    properties = {
        "ce-specversion": {"const": "1.0"},
        "ce-id": _ID,
        "ce-source": {"const": SOURCE},
        "ce-type": {"const": name},
        "ce-subject": {"type": "string", "description": "What it happened to: `<aggregate>.<platform>.<id>`."},
        "content-type": {"const": "application/json"},
        "Nats-Sequence": {"type": "string", "description": "The event's place in the log."},
        "Nats-Time-Stamp": {"type": "string", "format": "date-time", "description": "When it was stored."},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def webhook_headers() -> Schema:
    """Those of the Standard Webhooks convention."""
    properties = {
        "webhook-id": {**_ID, "description": "The event's id: the same with every repetition."},
        "webhook-timestamp": {"type": "string", "description": "When it was sent, in seconds since 1970."},
        "webhook-signature": {
            "type": "string",
            "description": "`v1,` and a signature in base64; two of them, with a space between, while a secret is being changed.",
        },
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
