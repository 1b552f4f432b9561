"""Who gets what from which operation: a row for each, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Who(StrEnum):
    ANONYMOUS = "anonymous"
    REVOKED_KEY = "revoked key"
    WRONG_SCOPE = "wrong-scope key"
    LINK = "share link"
    STRAY_LINK = "share link to another task"
    OTHER = "other user"
    GRANTED = "granted user"
    """To whom things are shown, and a runner is granted."""
    OWNER = "owner"
    ADMIN = "admin"


Rule = Mapping[Who, int | None]
"""The status for each; None: what the row says of those who are let in."""

_IN: Rule = {
    Who.ANONYMOUS: 401,
    Who.REVOKED_KEY: 401,
    Who.WRONG_SCOPE: 403,
    Who.LINK: 401,
    Who.STRAY_LINK: 401,
    Who.OTHER: None,
    Who.GRANTED: None,
    Who.OWNER: None,
    Who.ADMIN: None,
}
PUBLIC: Rule = dict.fromkeys(Who)
ANY_ACCOUNT = _IN
SEE: Rule = {**_IN, Who.OTHER: 404}
LOOK: Rule = {**SEE, Who.LINK: None, Who.STRAY_LINK: 404}
CHANGE: Rule = {**_IN, Who.OTHER: 404, Who.GRANTED: 403}
OWN: Rule = {**_IN, Who.OTHER: 404, Who.GRANTED: 404, Who.ADMIN: 404}
PERSON: Rule = {**_IN, **dict.fromkeys((Who.OTHER, Who.GRANTED, Who.OWNER, Who.ADMIN), 403)}
"""Programs with keys may not, whoever they belong to."""
ADMINISTER: Rule = {**_IN, **dict.fromkeys((Who.OTHER, Who.GRANTED, Who.OWNER), 403)}


@dataclass(frozen=True)
class Row:
    """``ok``: the status for those who are let in (422 shows that they got past the door with nothing to say)."""

    rule: Rule
    ok: int = 200
    query: str = ""
    body: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False
    """What it is asked of is gone afterwards: each who may do it has one of their own."""


def rows(task: str) -> dict[str, Row]:
    """By operation. ``task``: one that the owner has, for comparisons."""
    nothing: dict[str, Any] = {}
    profile = Row(LOOK, 409)
    return {
        "healthz": Row(PUBLIC),
        "readyz": Row(PUBLIC),
        "metrics": Row(PUBLIC),
        # accounts
        "get_door": Row(PUBLIC),
        "login": Row(PUBLIC, 422, body=nothing),
        "register": Row(PUBLIC, 422, body=nothing),
        "enter_as_guest": Row(PUBLIC, 403, body=nothing),
        "refresh": Row(PUBLIC, 401, body=nothing),
        "logout": Row(PUBLIC, 204, body=nothing),
        "forgot_password": Row(PUBLIC, 422, body=nothing),
        "look_at_link": Row(PUBLIC, 422, body=nothing),
        "set_password": Row(PUBLIC, 422, body=nothing),
        "open_link": Row(PUBLIC, 422, body=nothing),
        "connect_browser": Row(PUBLIC, 422, body=nothing),
        "make_connect_link": Row(PERSON),
        "get_me": Row(ANY_ACCOUNT),
        "change_profile": Row(PERSON, body=nothing),
        "delete_account": Row(PERSON),
        "get_my_usage": Row(ANY_ACCOUNT),
        "change_password": Row(ANY_ACCOUNT, 422, body=nothing),
        "list_sessions": Row(ANY_ACCOUNT),
        "end_session": Row(ANY_ACCOUNT, 404),
        "logout_everywhere": Row(ANY_ACCOUNT, 204),
        "list_keys": Row(ANY_ACCOUNT),
        "create_key": Row(PERSON, body=nothing),
        "revoke_key": Row(ANY_ACCOUNT, 404),
        # files
        "begin_upload": Row(ANY_ACCOUNT, 422, body=nothing),
        "get_upload": Row(OWN),
        "put_part": Row(OWN, 422, path={"number": "1"}),
        "complete_upload": Row(OWN, 409),
        "list_models": Row(ANY_ACCOUNT),
        "get_model": Row(SEE),
        "get_inspection": Row(SEE, 409),
        "get_model_file": Row(SEE),
        "list_examples": Row(ANY_ACCOUNT),
        "get_example": Row(ANY_ACCOUNT, 404),
        "inspect_model": Row(SEE, 201),
        "change_model": Row(CHANGE, body=nothing),
        "get_input": Row(SEE),
        "create_dataset": Row(ANY_ACCOUNT, 422, body=nothing),
        "list_datasets": Row(ANY_ACCOUNT),
        "get_dataset": Row(SEE),
        "change_dataset": Row(CHANGE, body=nothing),
        "create_project": Row(ANY_ACCOUNT, 422, body=nothing),
        "list_projects": Row(ANY_ACCOUNT),
        "get_project": Row(SEE),
        "change_project": Row(CHANGE, body=nothing),
        "list_tags": Row(ANY_ACCOUNT),
        # tasks
        "submit_task": Row(ANY_ACCOUNT, 422, body=nothing),
        "list_tasks": Row(ANY_ACCOUNT),
        "get_task": Row(LOOK),
        "change_task": Row(CHANGE, body=nothing),
        "cancel_task": Row(CHANGE, 409),
        "task_events": Row(LOOK),
        "list_events": Row(ANY_ACCOUNT),
        "stream_events": Row(ANY_ACCOUNT, query="?follow=false"),
        "export_events": Row(ANY_ACCOUNT),
        "replay_task": Row(LOOK),
        "fleet_then": Row(SEE),
        "follow_task": Row(LOOK),
        "get_artifact": Row(LOOK, path={"name": "log.txt"}),
        "get_given_file": Row(SEE, path={"name": "model"}),
        "get_environment": Row(LOOK, 404),
        "get_profile": profile,
        "get_timeline": profile,
        "get_memory": profile,
        "list_analyses": Row(LOOK),
        "list_outdated": Row(ANY_ACCOUNT),
        "reanalyse_task": Row(CHANGE, 404),
        "export_task": Row(LOOK, 409, path={"format": "csv"}),
        "get_comparison": Row({**LOOK, Who.GRANTED: 404}, 409, query=f"?task={task}&task={task}"),
        "compare_outputs": Row({**LOOK, Who.GRANTED: 404}, 409, query=f"?a={task}&b={task}"),
        "create_link": Row(CHANGE, 201, body=nothing),
        "list_links": Row(CHANGE),
        "retry_task": Row(SEE, 201),
        "explain_waiting": Row(LOOK, 503),
        "submit_sweep": Row(ANY_ACCOUNT, 422, body=nothing),
        "list_sweeps": Row(ANY_ACCOUNT),
        "get_sweep": Row({**LOOK, Who.LINK: 404}),
        "change_sweep": Row(CHANGE, body=nothing),
        "cancel_sweep": Row(CHANGE, 202),
        "create_sweep_link": Row(CHANGE, 201, body=nothing),
        "list_sweep_links": Row(CHANGE),
        "get_graph": Row(LOOK, 409),
        "get_model_graph": Row(SEE, 409),
        # devices
        "register_runner": Row(PUBLIC, 422, body=nothing),
        "get_key_status": Row(PUBLIC, 422),
        "list_enrolments": Row(ANY_ACCOUNT),
        "make_enrolment": Row(ANY_ACCOUNT, 201, body=nothing),
        "revoke_enrolment": Row(ANY_ACCOUNT, 404),
        "list_engines": Row(ANY_ACCOUNT),
        "list_options": Row(ANY_ACCOUNT, query="?platform=x86&engine=1.13.0"),
        "list_runners": Row(ANY_ACCOUNT),
        "get_runner": Row(SEE),
        "change_runner": Row(CHANGE, body=nothing),
        "drain_runner": Row(CHANGE),
        "resume_runner": Row(CHANGE),
        "disable_runner": Row(CHANGE),
        "enable_runner": Row(CHANGE),
        "list_grants": Row(CHANGE),
        "grant_runner": Row(CHANGE, 404, body=nothing),
        "revoke_grant": Row(CHANGE, 204),
        # administration
        "list_invitations": Row(ADMINISTER),
        "invite": Row(ADMINISTER, 201, body=nothing),
        "revoke_invitation": Row(ADMINISTER, 404),
        "make_password_link": Row(ADMINISTER, 201),
        "list_users": Row(ADMINISTER),
        "get_user": Row(ADMINISTER),
        "get_usage": Row(ADMINISTER),
        "set_quota": Row(ADMINISTER, body=nothing),
        "change_user": Row(ADMINISTER, body=nothing),
        "cancel_many": Row(ADMINISTER, body=nothing),
        "get_storage": Row(ADMINISTER),
        "get_retention": Row(ADMINISTER),
        "change_retention": Row(ADMINISTER, body={"files_days": None}),
        "run_retention": Row(ADMINISTER),
        "preview_retention": Row(ADMINISTER),
        "list_acts": Row(ADMINISTER),
        # webhooks
        "create_webhook": Row(ANY_ACCOUNT, 422, body=nothing),
        "list_webhooks": Row(ANY_ACCOUNT),
        "get_webhook": Row(OWN),
        "change_webhook": Row(OWN, body=nothing),
        "rotate_secret": Row(OWN, body=nothing),
        "list_deliveries": Row(OWN),
        "get_delivery": Row(ANY_ACCOUNT, 404),
        "redeliver": Row(ANY_ACCOUNT, 404),
        "replay_webhook": Row(OWN, 202, body={"after": 0, "until": 0}),
        # spans
        "tell_spans": Row(ANY_ACCOUNT, 422, body=nothing),
        # what deletes, so that what contains comes before what is contained
        "delete_upload": Row(OWN, 204, gone=True),
        "delete_webhook": Row(OWN, 204, gone=True),
        "revoke_link": Row(CHANGE, 204, gone=True),
        "revoke_sweep_link": Row(CHANGE, 204, gone=True, path={"link_id": "{sweep_link_id}"}),
        "delete_artifacts": Row(CHANGE, 204, gone=True),
        "delete_task": Row(CHANGE, 204, gone=True),
        "delete_project": Row(CHANGE, 204, gone=True),
        "delete_dataset": Row(CHANGE, 204, gone=True),
        "delete_input": Row(CHANGE, 204, gone=True),
        "delete_model": Row(CHANGE, 204, gone=True),
        "remove_runner": Row(CHANGE, gone=True),
        "delete_user": Row(ADMINISTER, 204, gone=True),
    }
