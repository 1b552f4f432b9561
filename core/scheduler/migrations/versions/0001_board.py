"""The board: open tasks, runners, and how far the log was folded."""

from alembic import op

revision = "0001"
down_revision = None

_UP = """
CREATE TABLE open_tasks (
    task_id uuid PRIMARY KEY,
    platform text NOT NULL,
    since bigint NOT NULL,
    owner uuid NOT NULL,
    correlation_id uuid NOT NULL,
    last_event uuid NOT NULL,
    sequence bigint NOT NULL,
    state jsonb NOT NULL
);
CREATE TABLE runners (
    runner_id uuid PRIMARY KEY,
    platform text NOT NULL,
    sequence bigint NOT NULL,
    state jsonb NOT NULL
);
CREATE TABLE checkpoint (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    sequence bigint NOT NULL
);
INSERT INTO checkpoint (sequence) VALUES (0);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
