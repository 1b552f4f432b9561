"""Named sets of inputs."""

from alembic import op

revision = "0003"
down_revision = "0002"

_UP = """
CREATE TABLE datasets (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    name text NOT NULL,
    -- Which input is which, how files are read, archives, and what is made up.
    content jsonb NOT NULL,
    command_id uuid NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, name)
);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
