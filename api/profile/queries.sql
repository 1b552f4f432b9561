-- name: other_runs
SELECT detail.id, detail.options, list.latency_p50_s
FROM task_list list JOIN task_detail detail ON detail.id = list.id
WHERE list.model_id = $1 AND list.owner = $2 AND list.platform = $3 AND list.engine = $4 AND list.id <> $5
  AND list.state = 'completed' AND list.kind = 'profile' AND list.deleted_at IS NULL
  AND list.latency_p50_s IS NOT NULL AND detail.inputs = to_jsonb($6::text[])
ORDER BY list.submitted_at DESC
LIMIT 200
