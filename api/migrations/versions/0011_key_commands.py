"""Which command made an API key."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE api_keys ADD COLUMN command_id uuid UNIQUE")
