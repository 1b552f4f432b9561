-- How far the tables of this schema have come: always exactly one row.
-- shape: digest of this file, as it was when the tables were made. fault: why the projector stopped, NULL while all is well.
CREATE TABLE IF NOT EXISTS projection_checkpoint (
    single     boolean PRIMARY KEY DEFAULT true CHECK (single),
    sequence   bigint NOT NULL DEFAULT 0,
    event_time timestamptz,
    shape      text NOT NULL,
    fault      text
);

-- Which read models stand here: digest of each one's table and fold, and since when.
CREATE TABLE IF NOT EXISTS projection_models (
    name     text PRIMARY KEY,
    shape    text NOT NULL,
    built_at timestamptz NOT NULL DEFAULT now()
);
