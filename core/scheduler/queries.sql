-- name: load_checkpoint
SELECT sequence FROM checkpoint

-- name: load_tasks
SELECT task_id, platform, since, owner, correlation_id, last_event, sequence, state::text AS state FROM open_tasks

-- name: load_runners
SELECT runner_id, platform, sequence, state FROM runners

-- name: save_tasks
INSERT INTO open_tasks (task_id, platform, since, owner, correlation_id, last_event, sequence, state)
SELECT task_id, platform, since, owner, correlation_id, last_event, sequence, state::jsonb
FROM unnest(
    $1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::text[]
) AS row (task_id, platform, since, owner, correlation_id, last_event, sequence, state)
ON CONFLICT (task_id) DO UPDATE
SET last_event = excluded.last_event, sequence = excluded.sequence, state = excluded.state

-- name: delete_tasks
DELETE FROM open_tasks WHERE task_id = ANY ($1::uuid[])

-- name: save_runners
INSERT INTO runners (runner_id, platform, sequence, state)
SELECT runner_id, platform, sequence, state
FROM jsonb_to_recordset($1::jsonb) AS row (runner_id uuid, platform text, sequence bigint, state jsonb)
ON CONFLICT (runner_id) DO UPDATE SET sequence = excluded.sequence, state = excluded.state

-- name: save_checkpoint
UPDATE checkpoint SET sequence = $1

-- name: load_quotas
SELECT account, running FROM quotas

-- name: save_quotas
INSERT INTO quotas (account, running)
SELECT account, running FROM jsonb_to_recordset($1::jsonb) AS row (account uuid, running bigint)
ON CONFLICT (account) DO UPDATE SET running = excluded.running

-- name: load_killers
SELECT model, kind, sequence FROM killers

-- name: forget_killers
DELETE FROM killers

-- name: save_killers
INSERT INTO killers (model, kind, sequence) VALUES ($1, $2, $3)
