"""Models that took runners down, so that what waits of them is withheld after a restart, too."""

from alembic import op

revision = "0003"
down_revision = "0002"

_UP = """
CREATE TABLE killers (
    model uuid NOT NULL,
    kind text NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (model, kind)
)
"""


def upgrade() -> None:
    op.execute(_UP)
