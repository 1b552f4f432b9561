"""Inputs of other formats than arrays, and what else a task's inputs are made of."""

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = """
ALTER TABLE inputs ADD COLUMN format text NOT NULL DEFAULT 'npy';
ALTER TABLE inputs ALTER COLUMN dtype DROP NOT NULL;
ALTER TABLE inputs ALTER COLUMN shape DROP NOT NULL;
-- How files are read, archives, and what is made up.
ALTER TABLE task_labels ADD COLUMN data jsonb NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
