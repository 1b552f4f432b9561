"""What an installation's cookies are told from another's by, and sessions that an API key began."""

from alembic import op

revision = "0012"
down_revision = "0011"

_UP = """
CREATE TABLE installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    mark text NOT NULL DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 8)
);
INSERT INTO installation DEFAULT VALUES;

ALTER TABLE sessions ADD COLUMN key_id uuid REFERENCES api_keys ON DELETE CASCADE;

-- Whether a session's key still lets in; a session of a person has none.
CREATE FUNCTION key_holds(key uuid) RETURNS boolean LANGUAGE sql STABLE
RETURN key IS NULL OR EXISTS (
    SELECT FROM api_keys WHERE id = key AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
