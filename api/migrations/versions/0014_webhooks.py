"""Where webhooks go, what is on its way to them, and how each try ended."""

from alembic import op

revision = "0014"
down_revision = "0013"

_UP = """
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    account uuid NOT NULL,
    command_id uuid NOT NULL UNIQUE,
    url text NOT NULL,
    description text NOT NULL,
    filter jsonb NOT NULL,
    secret text NOT NULL,
    -- Signs beside the new one while it is being changed.
    previous_secret text,
    previous_until timestamptz,
    state text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled')),
    reason text CHECK (reason IN ('asked', 'gone', 'failing')),
    -- Of the log: what came before is nothing to it, or was not kept for it while it was disabled.
    since bigint NOT NULL,
    disabled_at timestamptz,
    disabled_after bigint,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhooks_of_account ON webhooks (account, created_at);

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    -- The order in which they go out, among those about the same thing.
    place bigint GENERATED ALWAYS AS IDENTITY,
    webhook uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    sequence bigint NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    thing uuid NOT NULL,
    cause text NOT NULL CHECK (cause IN ('event', 'redelivery', 'replay')),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'withheld')),
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    first_tried_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX webhook_deliveries_of_events ON webhook_deliveries (webhook, sequence) WHERE cause = 'event';
CREATE INDEX webhook_deliveries_by_place ON webhook_deliveries (webhook, place);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook, due_at, place) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_before ON webhook_deliveries (webhook, thing, place) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE webhook_tries (
    delivery uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    status integer,
    error text,
    seconds double precision NOT NULL,
    answer text NOT NULL,
    PRIMARY KEY (delivery, number)
);

-- What somebody asked to be sent again, from a place in the log on.
CREATE TABLE webhook_replays (
    id uuid PRIMARY KEY,
    webhook uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    command_id uuid NOT NULL UNIQUE,
    after bigint NOT NULL,
    until bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE webhook_checkpoint (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    sequence bigint NOT NULL
);
"""


def upgrade() -> None:
    for statement in filter(None, map(str.strip, _UP.split(";\n"))):
        op.execute(statement)
