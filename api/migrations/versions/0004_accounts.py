"""Accounts: what people are called, and by what they are known."""

from alembic import op

revision = "0004"
down_revision = "0003"

_UP = """
CREATE TABLE users (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    -- Names and addresses that only look alike are one: what is compared stands beside what is shown.
    name_key text NOT NULL UNIQUE,
    email text,
    email_key text UNIQUE,
    language text CHECK (language IN ('en', 'zh')),
    password_hash text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    remembered boolean NOT NULL,
    user_agent text NOT NULL,
    address text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_of_account ON sessions (account) WHERE ended_at IS NULL;
CREATE INDEX sessions_that_expire ON sessions (expires_at);

-- All tokens of a family: an old one that comes again was stolen, or its successor was.
CREATE TABLE refresh_tokens (
    sha256 text PRIMARY KEY,
    session uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    -- How it begins, so that its owner can tell it from others.
    beginning text NOT NULL,
    sha256 text NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_keys_of_account ON api_keys (account);

CREATE TABLE one_time_links (
    id uuid PRIMARY KEY,
    sha256 text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('invitation', 'first_admin', 'password')),
    -- Whose password it sets; an invitation has none yet.
    account uuid REFERENCES users ON DELETE CASCADE,
    role text,
    email text,
    made_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
