-- One row a task: what lists show, filter by and sort by. Times UTC, durations in seconds.
CREATE TABLE IF NOT EXISTS task_list (
    id            uuid PRIMARY KEY,
    platform      text NOT NULL,
    owner         uuid NOT NULL,
    kind          text NOT NULL,
    model_id      uuid NOT NULL,
    model         text NOT NULL,
    engine        text NOT NULL,
    sweep         uuid,
    state         text NOT NULL,
    attempt       integer NOT NULL,
    runner_id     uuid,
    submitted_at  timestamptz NOT NULL,
    queued_at     timestamptz,
    started_at    timestamptz,
    ended_at      timestamptz,
    failure       text,
    device_s      double precision,
    latency_p50_s double precision,
    visibility    text NOT NULL,
    project       uuid,
    tags          uuid[] NOT NULL,
    deleted_at    timestamptz,
    sequence      bigint NOT NULL
);

-- Each order is walked in both directions from anywhere, so a page costs the same wherever it stands.
CREATE INDEX IF NOT EXISTS task_list_by_submission ON task_list (submitted_at, id);
CREATE INDEX IF NOT EXISTS task_list_by_end ON task_list (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_list_by_latency ON task_list (latency_p50_s, id) WHERE latency_p50_s IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_list_by_device_time ON task_list (device_s, id) WHERE device_s IS NOT NULL;

-- Rows without a value come after all others, in order of their ids.
CREATE INDEX IF NOT EXISTS task_list_not_ended ON task_list (id) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS task_list_not_measured ON task_list (id) WHERE latency_p50_s IS NULL;
CREATE INDEX IF NOT EXISTS task_list_without_device_time ON task_list (id) WHERE device_s IS NULL;

CREATE INDEX IF NOT EXISTS task_list_of_state ON task_list (state, submitted_at, id);
CREATE INDEX IF NOT EXISTS task_list_of_owner ON task_list (owner, submitted_at, id);
-- What others than the owner may see.
CREATE INDEX IF NOT EXISTS task_list_of_team ON task_list (submitted_at, id) WHERE visibility = 'team';
CREATE INDEX IF NOT EXISTS task_list_of_sweep ON task_list (sweep, submitted_at, id) WHERE sweep IS NOT NULL;
CREATE INDEX IF NOT EXISTS task_list_of_project ON task_list (project, submitted_at, id) WHERE project IS NOT NULL;
-- Rare tags are found here; of frequent ones an order's index soon has a page.
CREATE INDEX IF NOT EXISTS task_list_of_tags ON task_list USING gin (tags) WHERE tags <> '{}';
CREATE INDEX IF NOT EXISTS task_list_of_model ON task_list (model_id, submitted_at, id);
