"""The application: every slice's routes, the errors' documents, and the frame around all."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import docs
from api.accounts.auth_routes import router as auth
from api.accounts.connect import router as connect
from api.accounts.key_routes import router as keys
from api.accounts.link_routes import router as links
from api.accounts.routes import router as account
from api.administration.upkeep import router as upkeep
from api.administration.users import router as users
from api.asyncapi.routes import router as asyncapi
from api.body_limit import BodyLimit
from api.comparison.outputs import router as output_comparison
from api.comparison.routes import router as comparison
from api.compressed import Compressed
from api.datasets.routes import router as datasets
from api.deletion.routes import router as deletion
from api.errors import mapping
from api.errors.problem import Problem
from api.events.log_routes import router as log
from api.events.routes import router as events
from api.examples.routes import router as examples
from api.export.routes import router as export
from api.fleet.administration import router as administration
from api.fleet.enrolment_routes import router as enrolment
from api.fleet.grants import router as grants
from api.fleet.routes import router as fleet
from api.frame import Frame
from api.grouping.project_routes import router as projects
from api.grouping.tag_routes import router as tags
from api.health.routes import router as health
from api.inputs.routes import router as inputs
from api.inspections.graph import router as model_graph
from api.inspections.routes import router as inspections
from api.live.routes import router as live
from api.models.routes import router as models
from api.options.routes import router as options
from api.parts import Parts
from api.profile.analyses import router as analyses
from api.profile.graph import router as graph
from api.profile.outdated import router as outdated
from api.profile.routes import router as profile
from api.quotas.routes import router as quotas
from api.replay.routes import router as replay
from api.routing import PREFIX, operation_id
from api.sharing.routes import router as sharing
from api.spans.routes import router as spans
from api.sweeps.routes import router as sweeps
from api.tasks.artifacts import router as artifacts
from api.tasks.environment import router as environment
from api.tasks.given_files import router as given_files
from api.tasks.retry import router as retry
from api.tasks.routes import router as tasks
from api.tasks.waiting import router as waiting
from api.uploads.routes import router as uploads
from api.web.guides import GuidesMount
from api.web.netron import NetronMount
from api.web.pages import PagesMount
from api.webhooks.delivery_routes import router as deliveries
from api.webhooks.routes import router as webhooks

_ROUTERS = (
    *(uploads, models, inspections, inputs, datasets, examples),
    *(
        tasks,
        profile,
        analyses,
        outdated,
        comparison,
        export,
        events,
        log,
        live,
        artifacts,
        given_files,
        environment,
        fleet,
        administration,
        grants,
        options,
    ),
    *(waiting, retry, enrolment, quotas, auth, connect, links, account, keys, sharing),
    *(sweeps, projects, tags),
    *(output_comparison, graph, model_graph),
    *(deletion, users, upkeep, replay),
    *(webhooks, deliveries, spans),
)


def make_app(parts: Parts) -> FastAPI:
    app = _routed()
    app.state.parts = parts
    app.router.routes.append(NetronMount())
    app.router.routes.append(GuidesMount())
    app.router.routes.append(PagesMount(parts.accounts.cookies.csrf))
    mapping.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Compressed)
    app.add_middleware(Frame, numbers=parts.numbers)
    return app


def openapi_document() -> dict[str, Any]:
    """What ``/api/v1/openapi.json`` answers, without a server."""
    return _routed().openapi()


def _routed() -> FastAPI:
    # FastAPI's own documentation pages load their scripts from elsewhere.
    app = FastAPI(
        title="mgeprof",
        version="1",
        summary="Upload a MegEngine model, see where its time goes, operator by operator.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    for router in (*_ROUTERS, health, docs.router, asyncapi):
        app.router.routes += router.routes
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign] # FastAPI's own documented way
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document, with the schema to which every error refers."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"] |= {**schema.pop("$defs"), "Problem": schema}
        app.openapi_schema = document
    return app.openapi_schema
