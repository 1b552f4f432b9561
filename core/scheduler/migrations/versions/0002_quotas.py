"""How many tasks of an account may run at once."""

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = """
CREATE TABLE quotas (
    account uuid PRIMARY KEY,
    running bigint
)
"""


def upgrade() -> None:
    op.execute(_UP)
