"""Which command made an invitation or an enrolment token; links that open a whole sweep."""

from alembic import op

revision = "0013"
down_revision = "0012"

_UP = """
ALTER TABLE one_time_links ADD COLUMN command_id uuid UNIQUE;
ALTER TABLE enrolments ADD COLUMN command_id uuid UNIQUE;

ALTER TABLE share_links ALTER COLUMN task_id DROP NOT NULL;
ALTER TABLE share_links ADD COLUMN sweep_id uuid;
ALTER TABLE share_links ADD CONSTRAINT share_links_open_one_thing CHECK (num_nonnulls(task_id, sweep_id) = 1);
CREATE INDEX share_links_of_sweep ON share_links (sweep_id);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
