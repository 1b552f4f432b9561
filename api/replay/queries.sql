-- name: running_then
-- Attempts that ran at a moment ($1), by runner, but for those of one task ($2). Tasks that had been submitted and had not ended by then are looked at.
SELECT (begun ->> 'runner_id')::uuid AS runner, count(*) AS running
FROM task_list list
JOIN task_detail detail ON detail.id = list.id,
    jsonb_array_elements(detail.attempts) begun
WHERE list.submitted_at <= $1 AND (list.ended_at IS NULL OR list.ended_at > $1) AND list.id <> $2
  AND (begun ->> 'started_at')::timestamptz <= $1
  AND (begun ->> 'ended_at' IS NULL OR (begun ->> 'ended_at')::timestamptz > $1)
GROUP BY 1
