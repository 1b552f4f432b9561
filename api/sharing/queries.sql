-- name: insert
-- The same command again gives the same link another secret: the first one may never have reached anybody.
INSERT INTO share_links (id, task_id, sweep_id, sha256, made_by, command_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (command_id) DO UPDATE SET sha256 = excluded.sha256
RETURNING id, task_id, sweep_id, made_by, created_at, expires_at, revoked_at, last_used_at

-- name: links_to
SELECT id, task_id, sweep_id, made_by, created_at, expires_at, revoked_at, last_used_at FROM share_links
WHERE task_id = $1 OR sweep_id = $1
ORDER BY created_at, id

-- name: revoke
UPDATE share_links SET revoked_at = coalesce(revoked_at, now())
WHERE id = $1 AND (task_id = $2 OR sweep_id = $2)
RETURNING id

-- name: opened
SELECT id, sha256, sweep_id, expires_at, last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS stale,
       CASE WHEN sweep_id IS NULL THEN ARRAY[task_id] ELSE ARRAY(
           SELECT (one ->> 'task_id')::uuid FROM sweeps s, jsonb_array_elements(s.points) one WHERE s.id = sweep_id
       ) END AS tasks
FROM share_links
WHERE sha256 = ANY($1::text[]) AND revoked_at IS NULL AND expires_at > now()

-- name: used
UPDATE share_links SET last_used_at = now()
WHERE id = (SELECT id FROM share_links WHERE id = $1 FOR UPDATE SKIP LOCKED)
