"""Uploads under way, and the names that people gave to things."""

from alembic import op

revision = "0001"
down_revision = None

_UP = """
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('model', 'input')),
    filename text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 text NOT NULL,
    part_size integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'complete')),
    -- What the upload is going to be: chosen at the beginning, so that completing it twice makes one thing.
    resource_id uuid NOT NULL,
    command_id uuid UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX uploads_that_expire ON uploads (expires_at) WHERE state = 'open';
CREATE INDEX uploads_to_resume ON uploads (owner, sha256) WHERE state = 'open';

CREATE TABLE upload_parts (
    upload_id uuid NOT NULL REFERENCES uploads ON DELETE CASCADE,
    number integer NOT NULL,
    PRIMARY KEY (upload_id, number)
);

CREATE TABLE model_names (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX model_names_of_digest ON model_names (owner, sha256);

CREATE TABLE inputs (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    dtype text NOT NULL,
    shape bigint[] NOT NULL,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX inputs_of_digest ON inputs (owner, sha256);

CREATE TABLE task_labels (
    task_id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    platform text NOT NULL,
    name text,
    model jsonb NOT NULL,
    inputs jsonb NOT NULL,
    -- Digest of what was asked for: the same Idempotency-Key with another request is a mistake.
    request text NOT NULL,
    command_id uuid NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX task_labels_of_owner ON task_labels (owner, task_id);

CREATE TABLE runner_names (
    runner_id uuid PRIMARY KEY,
    name text NOT NULL
);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
