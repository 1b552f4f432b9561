-- One row a runner. description is NULL until the runner has said what it is.
CREATE TABLE IF NOT EXISTS runner_board (
    id          uuid PRIMARY KEY,
    platform    text NOT NULL,
    owner       uuid,
    pool        text NOT NULL,
    description jsonb,
    present     boolean NOT NULL,
    drained     boolean NOT NULL,
    disabled    boolean NOT NULL,
    revoked     boolean NOT NULL,
    labels      jsonb NOT NULL,
    grants      jsonb NOT NULL,
    enrolled_at timestamptz NOT NULL,
    appeared_at timestamptz,
    left_at     timestamptz,
    sequence    bigint NOT NULL
);
