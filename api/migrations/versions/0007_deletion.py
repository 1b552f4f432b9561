"""What is to be deleted, until it is gone; and after how long a task's files go by themselves."""

from alembic import op

revision = "0007"
down_revision = "0006"

_UP = """
-- Marked here, then done, then forgotten: a crash in between is made good by whoever looks next.
CREATE TABLE deletions (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('files', 'task', 'model', 'account')),
    thing uuid NOT NULL,
    platform text NOT NULL,
    owner uuid NOT NULL,
    actor uuid NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    -- Of a task: its files were deleted once; what a runner could still upload goes the second time.
    swept boolean NOT NULL DEFAULT false,
    UNIQUE (kind, thing)
);
CREATE INDEX deletions_due ON deletions (due_at);

-- Stored bytes that lost a reference. They go when there is no other.
CREATE TABLE loose_content (
    prefix text NOT NULL,
    sha256 text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (prefix, sha256)
);

CREATE TABLE retention (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    files_days double precision,
    changed_by uuid,
    changed_at timestamptz
);
INSERT INTO retention DEFAULT VALUES;

CREATE INDEX model_names_of_bytes ON model_names (sha256);
CREATE INDEX inputs_of_bytes ON inputs (sha256);
CREATE INDEX task_labels_of_model ON task_labels ((model ->> 'id'));
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
