"""Refuses options that cannot work before a task queues for nothing."""

from api.errors.problem import FieldProblem, RefusedError
from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options.table import problems
from projections.runner_board.queries import OfferedEngine


def check_options(options: ProfileOptions, engine: OfferedEngine) -> None:
    """Raises RefusedError with the code ``option_unsupported``, each problem with its field and reason."""
    found = problems(options, Platform(engine.platform), engine.drivers)
    if found:
        errors = [FieldProblem(field=f"options.{one.option}", message=one.reason) for one in found]
        raise RefusedError("option_unsupported", f"{found[0].option}: {found[0].reason}", errors=errors)
