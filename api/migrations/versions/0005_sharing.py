"""Datasets that are shown to the team, and links that open a task without an account."""

from alembic import op

revision = "0005"
down_revision = "0004"

_UP = """
ALTER TABLE datasets ADD COLUMN visibility text NOT NULL DEFAULT 'private';

CREATE TABLE share_links (
    id uuid PRIMARY KEY,
    task_id uuid NOT NULL,
    sha256 text NOT NULL UNIQUE,
    made_by uuid NOT NULL,
    command_id uuid NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX share_links_of_task ON share_links (task_id);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
