-- How far the tables of this schema have come: always exactly one row.
-- shape: digest of the read models that the tables were made by. fault: why the projector stopped, NULL while all is well.
CREATE TABLE IF NOT EXISTS projection_checkpoint (
    single     boolean PRIMARY KEY DEFAULT true CHECK (single),
    sequence   bigint NOT NULL DEFAULT 0,
    event_time timestamptz,
    shape      text NOT NULL,
    fault      text
);
