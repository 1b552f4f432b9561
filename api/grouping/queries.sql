-- name: name_project
INSERT INTO project_names (id, owner, name) VALUES ($1, $2, $3) ON CONFLICT (owner, name) DO NOTHING

-- name: project_named
SELECT id, owner, name, created_at FROM project_names WHERE owner = $1 AND name = $2

-- name: named_project
SELECT id, owner, name, created_at FROM project_names WHERE id = $1

-- name: rename_project
UPDATE project_names SET name = $2 WHERE id = $1

-- name: forget_project
DELETE FROM project_names WHERE id = $1

-- name: projects
SELECT n.id, n.owner, n.name, n.created_at, c.visibility, c.archived_at IS NOT NULL AS archived
FROM project_names n JOIN project_catalogue c ON c.id = n.id AND c.deleted_at IS NULL
WHERE ($1::uuid IS NULL OR n.owner = $1 OR ($2 AND c.visibility = 'team'))
  AND ($3 OR c.archived_at IS NULL)
  AND ($4::text IS NULL OR n.name ILIKE $4)
  AND ($5::text IS NULL OR (n.name, n.id) > ($5, $6::uuid))
ORDER BY n.name, n.id
LIMIT $7

-- name: project_refs
-- One that was just made is not catalogued yet.
SELECT n.id, n.name FROM project_names n LEFT JOIN project_catalogue c ON c.id = n.id
WHERE n.id = ANY($1::uuid[]) AND c.deleted_at IS NULL
  AND ($2::uuid IS NULL OR n.owner = $2 OR ($3 AND c.visibility = 'team'))

-- name: counts
SELECT project,
       coalesce(sum(runs), 0)::bigint AS runs,
       coalesce(sum(models), 0)::bigint AS models
FROM (
    SELECT project, count(*) AS runs, 0 AS models FROM task_list
    WHERE project = ANY($1::uuid[]) AND deleted_at IS NULL AND kind = 'profile'
      AND ($2::uuid IS NULL OR owner = $2 OR ($3 AND visibility = 'team'))
    GROUP BY project
    UNION ALL
    SELECT project, 0, count(*) FROM model_catalogue
    WHERE project = ANY($1::uuid[]) AND deleted_at IS NULL
      AND ($2::uuid IS NULL OR owner = $2 OR ($3 AND visibility = 'team'))
    GROUP BY project
) counted
GROUP BY project

-- name: add_tags
INSERT INTO tags (id, owner, word) SELECT id, $1, word FROM unnest($2::uuid[], $3::text[]) AS new (id, word)
ON CONFLICT (owner, word) DO UPDATE SET used_at = now()
RETURNING id

-- name: tags_of
SELECT id, word FROM tags WHERE word = ANY($1::text[]) AND ($2::uuid IS NULL OR owner = $2)

-- name: words
SELECT id, word FROM tags WHERE id = ANY($1::uuid[])

-- name: used_tags
SELECT word AS tag, sum(runs)::bigint AS runs, sum(models)::bigint AS models
FROM (
    SELECT tag, count(*) AS runs, 0 AS models FROM task_list, unnest(tags) AS tag
    WHERE tags <> '{}' AND deleted_at IS NULL AND ($1::uuid IS NULL OR owner = $1 OR ($2 AND visibility = 'team'))
    GROUP BY tag
    UNION ALL
    SELECT tag, 0, count(*) FROM model_catalogue, unnest(tags) AS tag
    WHERE tags <> '{}' AND deleted_at IS NULL AND ($1::uuid IS NULL OR owner = $1 OR ($2 AND visibility = 'team'))
    GROUP BY tag
) counted JOIN tags ON tags.id = tag
GROUP BY word
ORDER BY sum(runs) + sum(models) DESC, word
LIMIT $3

-- name: forget_unused_tags
-- What was chosen within the hour may be of an event that the read models do not show yet.
WITH old AS (
    SELECT id FROM tags WHERE used_at < now() - interval '1 hour' ORDER BY used_at LIMIT 500
), used AS (
    SELECT id FROM old
    WHERE EXISTS (SELECT FROM task_list WHERE tags <> '{}' AND tags && ARRAY[old.id] AND deleted_at IS NULL)
       OR EXISTS (SELECT FROM model_catalogue WHERE tags <> '{}' AND tags && ARRAY[old.id] AND deleted_at IS NULL)
), kept AS (
    UPDATE tags SET used_at = now() WHERE id IN (SELECT id FROM used)
)
DELETE FROM tags
WHERE id IN (SELECT id FROM old EXCEPT SELECT id FROM used) AND used_at < now() - interval '1 hour'
