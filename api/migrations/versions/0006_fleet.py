"""Words that describe devices, which device a task asked for, enrolment tokens, and runners' keys."""

from alembic import op

revision = "0006"
down_revision = "0005"

_UP = """
CREATE TABLE device_labels (
    id uuid PRIMARY KEY,
    word text NOT NULL UNIQUE
);

ALTER TABLE task_labels ADD COLUMN device jsonb NOT NULL DEFAULT '{}';

CREATE TABLE enrolments (
    id uuid PRIMARY KEY,
    sha256 text NOT NULL UNIQUE,
    beginning text NOT NULL,
    owner uuid NOT NULL,
    pool text NOT NULL CHECK (pool IN ('public', 'private')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- The runner that it let in: a token lets in one, and that one again when the answer was lost.
    runner_id uuid,
    public_key text,
    revoked_at timestamptz
);
CREATE INDEX enrolments_of_owner ON enrolments (owner);

-- The only truth about who may connect as which runner; the broker asks for it at every connection.
CREATE TABLE runner_keys (
    public_key text PRIMARY KEY,
    runner_id uuid NOT NULL,
    platform text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
CREATE INDEX runner_keys_of_runner ON runner_keys (runner_id);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
