"""Which read models there are."""

from typing import Final

from projections.account_directory.fold import ACCOUNT_DIRECTORY
from projections.audit_log.record import AUDIT_LOG
from projections.model_catalogue.fold import MODEL_CATALOGUE
from projections.profile_summary.fold import PROFILE_SUMMARY
from projections.project_catalogue.fold import PROJECT_CATALOGUE
from projections.read_model import Projection
from projections.runner_board.fold import RUNNER_BOARD
from projections.task_detail.fold import TASK_DETAIL
from projections.task_list.fold import TASK_LIST

READ_MODELS: Final[tuple[Projection, ...]] = (
    TASK_LIST,
    TASK_DETAIL,
    PROFILE_SUMMARY,
    RUNNER_BOARD,
    MODEL_CATALOGUE,
    PROJECT_CATALOGUE,
    ACCOUNT_DIRECTORY,
    AUDIT_LOG,
)
