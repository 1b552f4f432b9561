"""What projects and tags are called, and which ones a task was submitted with."""

from alembic import op

revision = "0009"
down_revision = "0008"

_UP = """
CREATE TABLE project_names (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, name)
);

CREATE TABLE tags (
    id uuid PRIMARY KEY,
    owner uuid NOT NULL,
    word text NOT NULL,
    -- When it was last chosen, or last seen on something.
    used_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, word)
);
CREATE INDEX tags_of_word ON tags (word);
CREATE INDEX tags_by_use ON tags (used_at);

ALTER TABLE task_labels ADD COLUMN project uuid;
ALTER TABLE task_labels ADD COLUMN tags uuid[] NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
