"""Where the routes of every slice stand."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

PREFIX = "/api/v1"


def operation_id(route: APIRoute) -> str:
    """What generated clients name their functions after: stable when an address changes."""
    return route.name


def router_at(path: str = "", *, tag: str) -> APIRouter:
    """The router of a slice below ``PREFIX``; ``tag``: the chapter of the document.

    Its routes are whole, and the application takes them as they are. A router that is included with a prefix has each of them built a second
    time, at an application's first request, and looked for in one router after the other.
    """
    return APIRouter(prefix=PREFIX + path, tags=[tag], generate_unique_id_function=operation_id)
