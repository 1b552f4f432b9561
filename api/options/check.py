"""Refuses options that cannot work before a task queues for nothing."""

from collections.abc import Sequence

from api.errors.problem import RefusedError, Wrong
from core.domain.told import Told
from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options.table import output_names_problem, problems
from projections.runner_board.queries import OfferedEngine


def check_options(options: ProfileOptions, engine: OfferedEngine, *, output_names: Sequence[str] = ()) -> None:
    """Raises RefusedError with the code ``option_unsupported``, each problem with its field and reason."""
    found = problems(options, Platform(engine.platform), engine.drivers)
    if output_names and (reason := output_names_problem(engine.drivers)):
        raise RefusedError("option_unsupported", reason, errors=[Wrong("output_names", reason)])
    if found:
        errors = [Wrong(f"options.{one.option}", Told(one.reason, **one.values)) for one in found]
        raise RefusedError(
            "option_unsupported",
            Told("{option}: {reason}", option=found[0].option, reason=errors[0].message),
            errors=errors,
        )
