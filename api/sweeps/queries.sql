-- name: insert
INSERT INTO sweeps (id, owner, name, model, points, batch, request, command_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (command_id) DO NOTHING
RETURNING id

-- name: of_command
SELECT * FROM sweeps WHERE command_id = $1

-- name: by_id
SELECT * FROM sweeps WHERE id = $1 AND sequence IS NOT NULL

-- name: page
SELECT * FROM sweeps
WHERE sequence IS NOT NULL AND ($2::uuid IS NULL OR id < $2)
  AND ($1::uuid IS NULL OR owner = $1 OR $4 AND EXISTS (
    SELECT FROM task_list t WHERE t.visibility = 'team' AND t.deleted_at IS NULL
      AND t.id IN (SELECT (one ->> 'task_id')::uuid FROM jsonb_array_elements(points) one)))
ORDER BY id DESC
LIMIT $3

-- name: placed
UPDATE sweeps SET sequence = $2 WHERE id = $1 AND sequence IS NULL

-- name: unplaced
SELECT * FROM sweeps WHERE sequence IS NULL AND created_at < now() - $1::interval ORDER BY id

-- name: figures
SELECT list.id, list.owner, list.visibility, list.state, list.deleted_at, list.latency_p50_s, list.device_s,
       summary.latency ->> 'min' AS latency_min, summary.peak_memory
FROM task_list list LEFT JOIN profile_summary summary ON summary.id = list.id
WHERE list.id = ANY($1::uuid[])
