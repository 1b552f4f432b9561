-- One row a completed task. Sums by operator type stand as JSON in the order of the analyser.
CREATE TABLE IF NOT EXISTS profile_summary (
    id          uuid PRIMARY KEY,
    owner       uuid NOT NULL,
    attempt     integer NOT NULL,
    analyser    bigint NOT NULL,
    analysed_at timestamptz NOT NULL,
    latency     jsonb NOT NULL,
    totals      jsonb NOT NULL,
    by_type     jsonb NOT NULL,
    peak_memory numeric NOT NULL,
    earlier     jsonb NOT NULL,
    sequence    bigint NOT NULL
);

-- What a newer analyser has not read yet.
CREATE INDEX IF NOT EXISTS profile_summary_of_analyser ON profile_summary (analyser, id);
