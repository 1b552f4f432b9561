"""Links that log one browser in."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE one_time_links DROP CONSTRAINT one_time_links_kind_check")
    op.execute(
        "ALTER TABLE one_time_links ADD CONSTRAINT one_time_links_kind_check "
        "CHECK (kind IN ('invitation', 'first_admin', 'password', 'connect'))"
    )
