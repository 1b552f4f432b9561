-- name: tasks_today
SELECT count(*) AS tasks, min(created_at) AS oldest FROM task_labels
WHERE owner = $1 AND created_at > now() - interval '1 day' AND request <> 'inspect'

-- name: stored_bytes
SELECT coalesce((SELECT sum(size) FROM model_names WHERE owner = $1), 0)
    + coalesce((SELECT sum(size) FROM inputs WHERE owner = $1), 0)
    + coalesce((SELECT sum(size) FROM uploads WHERE owner = $1 AND state = 'open' AND expires_at > now()), 0)

-- name: running
SELECT count(*) FROM task_list WHERE owner = $1 AND state IN ('running', 'cancelling')
