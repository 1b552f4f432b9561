"""Sweeps: one submission, many tasks."""

from alembic import op

revision = "0008"
down_revision = "0007"

_UP = """
CREATE TABLE sweeps (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    name text,
    model jsonb NOT NULL,
    -- Its tasks, by ids that were laid down before they were submitted.
    points jsonb NOT NULL,
    batch integer NOT NULL,
    request text NOT NULL,
    command_id uuid NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Of its last task's first event; null until all stand in the log, and shown to nobody before.
    sequence bigint
);
CREATE INDEX sweeps_of_owner ON sweeps (owner, id);
CREATE INDEX sweeps_unplaced ON sweeps (created_at) WHERE sequence IS NULL;
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
