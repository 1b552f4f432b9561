"""Every operation of the api has its command, or a reason why it has none: a new one without either fails here."""

from __future__ import annotations

import pytest
from typer.core import TyperGroup

from api.app import openapi_document
from tests.unit.client.commands import command

PROBES = "for supervisors and monitoring"
BROWSER = "how a browser keeps its session"
PAGES = "pictures of the dashboard; `export` has the figures"

COMMAND_OF = {
    "begin_upload": "submit",
    "get_upload": "submit",
    "put_part": "submit",
    "complete_upload": "submit",
    "list_models": "models",
    "get_model": "model",
    "get_model_file": "model",
    "change_model": "visibility",
    "delete_model": "delete model",
    "inspect_model": "inspect",
    "get_inspection": "model",
    "get_input": "submit",
    "delete_input": "delete input",
    "create_dataset": "dataset create",
    "list_datasets": "dataset ls",
    "get_dataset": "dataset show",
    "change_dataset": "visibility",
    "delete_dataset": "dataset rm",
    "create_project": "project create",
    "list_projects": "project ls",
    "get_project": "project ls",
    "change_project": "project rename",
    "delete_project": "project rm",
    "list_tags": "tag ls",
    "submit_task": "submit",
    "list_options": "options",
    "list_tasks": "ls",
    "get_task": "show",
    "change_task": "visibility",
    "delete_task": "delete run",
    "cancel_task": "cancel",
    "get_profile": "profile",
    "get_timeline": "timeline",
    "get_memory": "memory",
    "get_environment": "environment",
    "get_graph": "graph",
    "list_analyses": "analyses",
    "reanalyse_task": "analyses",
    "list_outdated": "analyses",
    "get_comparison": "compare",
    "compare_outputs": "outputs",
    "export_task": "export",
    "task_events": "events show",
    "list_events": "events ls",
    "stream_events": "events follow",
    "export_events": "events export",
    "follow_task": "logs",
    "get_artifact": "files",
    "get_given_file": "events bundle",
    "list_runners": "devices",
    "get_runner": "device show",
    "change_runner": "device change",
    "remove_runner": "device remove",
    "drain_runner": "device drain",
    "resume_runner": "device resume",
    "disable_runner": "device disable",
    "enable_runner": "device enable",
    "list_grants": "device grants",
    "grant_runner": "device grant",
    "revoke_grant": "device ungrant",
    "register_runner": "runner register",
    "get_key_status": "runner register",
    "list_enrolments": "device tokens",
    "make_enrolment": "device token",
    "revoke_enrolment": "device revoke-token",
    "explain_waiting": "waiting",
    "retry_task": "retry",
    "submit_sweep": "sweep",
    "list_sweeps": "sweeps",
    "get_sweep": "sweeps",
    "cancel_sweep": "sweeps",
    "change_sweep": "visibility",
    "create_link": "share create",
    "list_links": "share ls",
    "revoke_link": "share revoke",
    "create_sweep_link": "share create",
    "list_sweep_links": "share ls",
    "revoke_sweep_link": "share revoke",
    "open_link": "share open",
    "delete_artifacts": "delete files",
    "replay_task": "replay",
    "fleet_then": "replay",
    "get_door": "up",
    "login": "login",
    "make_connect_link": "connect",
    "register": "register",
    "logout": "logout",
    "forgot_password": "passwd",
    "set_password": "passwd",
    "get_me": "whoami",
    "change_profile": "account change",
    "delete_account": "account delete",
    "change_password": "passwd",
    "list_sessions": "account sessions",
    "end_session": "account end-session",
    "logout_everywhere": "account logout-everywhere",
    "get_my_usage": "account usage",
    "list_keys": "keys ls",
    "create_key": "keys create",
    "revoke_key": "keys revoke",
    "invite": "invite",
    "list_invitations": "admin invitations ls",
    "revoke_invitation": "admin invitations revoke",
    "make_password_link": "admin users reset",
    "list_users": "admin users ls",
    "get_user": "admin users show",
    "get_usage": "admin users show",
    "set_quota": "admin users quota",
    "change_user": "admin users role",
    "delete_user": "admin users delete",
    "cancel_many": "admin runs cancel",
    "get_storage": "admin storage",
    "get_retention": "admin retention",
    "change_retention": "admin retention",
    "run_retention": "admin retention",
    "preview_retention": "admin retention",
    "list_acts": "admin audit",
    "create_webhook": "webhook create",
    "list_webhooks": "webhook ls",
    "get_webhook": "webhook show",
    "change_webhook": "webhook change",
    "delete_webhook": "webhook rm",
    "rotate_secret": "webhook secret",
    "list_deliveries": "webhook deliveries",
    "get_delivery": "webhook delivery",
    "redeliver": "webhook redeliver",
    "replay_webhook": "webhook replay",
}
NO_COMMAND = {
    "delete_upload": "one that broke off is gone on with, or forgotten by the server",
    "get_model_graph": PAGES,
    "list_examples": "`demo` builds its own",
    "get_example": "`demo` builds its own",
    "list_engines": "`devices` shows what each offers",
    "enter_as_guest": "guests come with a browser",
    "refresh": BROWSER,
    "look_at_link": BROWSER,
    "connect_browser": BROWSER,
    "tell_spans": "what a page tells of itself",
    "healthz": PROBES,
    "readyz": PROBES,
    "metrics": PROBES,
}


def operations() -> set[str]:
    return {one["operationId"] for path in openapi_document()["paths"].values() for one in path.values()}


def test_every_operation_has_a_command_or_a_reason() -> None:
    assert operations() == COMMAND_OF.keys() | NO_COMMAND.keys()
    assert not COMMAND_OF.keys() & NO_COMMAND.keys()


@pytest.mark.parametrize("words", sorted(set(COMMAND_OF.values())))
def test_the_command_is_there(words: str) -> None:
    first, *rest = words.split()
    at = command(first)
    for word in rest:
        assert isinstance(at, TyperGroup)
        at = at.commands[word]
    assert at.help
