-- name: insert
INSERT INTO task_labels (task_id, owner, platform, name, model, inputs, request, command_id, data, device, project, tags)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (command_id) DO NOTHING

-- name: of_command
SELECT task_id, owner, platform, name, model, inputs, request, data, device, project, tags
FROM task_labels WHERE command_id = $1

-- name: by_ids
SELECT task_id, owner, platform, name, model, inputs, request, data, device, project, tags
FROM task_labels WHERE task_id = ANY($1::uuid[])

-- name: search
SELECT task_id FROM task_labels
WHERE ($1::uuid IS NULL OR owner = $1 OR ($4 AND task_id IN (SELECT id FROM task_list WHERE visibility = 'team')))
  AND (name ILIKE $2 OR model ->> 'name' ILIKE $2 OR task_id::text ILIKE $2)
ORDER BY task_id DESC
LIMIT $3

-- name: details
SELECT * FROM task_detail WHERE id = ANY($1::uuid[])

-- name: summaries
SELECT * FROM profile_summary WHERE id = ANY($1::uuid[])
