-- name: custody
-- Who has what, and who else is let in. Ids are unique over all kinds. $2: to whom runners belong that the broker's configuration lets in.
SELECT id, owner, visibility = 'team' AND deleted_at IS NULL AS team, false AS everybody, '{}'::uuid[] AS granted
FROM task_list WHERE id = ANY($1::uuid[])
UNION ALL
SELECT id, owner, visibility = 'team' AND deleted_at IS NULL, false, '{}'
FROM model_catalogue WHERE id = ANY($1::uuid[])
UNION ALL
SELECT id, owner, visibility = 'team' AND deleted_at IS NULL, false, '{}'
FROM project_catalogue WHERE id = ANY($1::uuid[])
UNION ALL
SELECT id, owner, visibility = 'team', false, '{}'
FROM datasets WHERE id = ANY($1::uuid[])
UNION ALL
SELECT id, coalesce(owner, $2), false, pool = 'public', ARRAY(SELECT jsonb_array_elements_text(grants)::uuid)
FROM runner_board WHERE id = ANY($1::uuid[])
