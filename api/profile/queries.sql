-- name: other_runs
SELECT detail.id, detail.options, list.latency_p50_s
FROM task_list list JOIN task_detail detail ON detail.id = list.id
WHERE list.model_id = $1 AND list.owner = $2 AND list.platform = $3 AND list.engine = $4 AND list.id <> $5
  AND list.state = 'completed' AND list.kind = 'profile' AND list.deleted_at IS NULL
  AND list.latency_p50_s IS NOT NULL AND detail.inputs = to_jsonb($6::text[])
ORDER BY list.submitted_at DESC
LIMIT 200

-- name: outdated_count
SELECT count(*) FROM profile_summary s JOIN task_detail d ON d.id = s.id
WHERE s.analyser < $1 AND ($2::uuid IS NULL OR d.owner = $2) AND d.deleted_at IS NULL AND d.files_deleted_at IS NULL

-- name: outdated
SELECT s.id, s.analyser FROM profile_summary s JOIN task_detail d ON d.id = s.id
WHERE s.analyser < $1 AND ($2::uuid IS NULL OR d.owner = $2) AND d.deleted_at IS NULL AND d.files_deleted_at IS NULL
  AND ($3::uuid IS NULL OR s.id > $3)
ORDER BY s.id
LIMIT $4
