-- name: users
SELECT u.id, u.name, u.email, d.role, d.standing, d.admission, u.created_at,
       (SELECT max(at) FROM (
            SELECT max(last_used_at) AS at FROM sessions WHERE account = u.id
            UNION ALL SELECT max(last_used_at) FROM api_keys WHERE account = u.id) used) AS last_seen_at,
       (SELECT count(*) FROM task_list t WHERE t.owner = u.id AND t.kind = 'profile' AND t.deleted_at IS NULL) AS tasks
FROM users u JOIN account_directory d ON d.id = u.id
WHERE ($1::text IS NULL OR u.name ILIKE $1 OR u.email ILIKE $1 OR u.id::text ILIKE $1)
  AND ($2::text[] IS NULL OR d.role = ANY($2))
  AND ($3::text[] IS NULL OR d.standing = ANY($3))
  AND ($4::timestamptz IS NULL OR (u.created_at, u.id) < ($4, $5::uuid))
  AND ($6::uuid IS NULL OR u.id = $6)
ORDER BY u.created_at DESC, u.id DESC
LIMIT $7

-- name: names
-- Of whoever may do something: a person, or a device that removes itself.
SELECT id, name FROM users WHERE id = ANY($1::uuid[])
UNION ALL
SELECT runner_id, name FROM runner_names WHERE runner_id = ANY($1::uuid[])

-- name: storage
SELECT owner, sum(models)::bigint AS models, sum(inputs)::bigint AS inputs, sum(artifacts)::bigint AS artifacts
FROM (
    SELECT owner, size AS models, 0 AS inputs, 0 AS artifacts FROM model_names
    UNION ALL SELECT owner, 0, size, 0 FROM inputs
    UNION ALL SELECT owner, 0, 0, (SELECT coalesce(sum((one ->> 'size')::bigint), 0) FROM jsonb_array_elements(artifacts) one)
    FROM task_detail WHERE deleted_at IS NULL
) used
GROUP BY owner
ORDER BY sum(models + inputs + artifacts) DESC, owner

-- name: stored_once
SELECT coalesce(sum(size), 0)::bigint FROM (
    SELECT DISTINCT 'models', sha256, size FROM model_names UNION ALL SELECT DISTINCT 'inputs', sha256, size FROM inputs
) content

-- name: waiting_deletions
SELECT (SELECT count(*) FROM deletions WHERE NOT swept) + (SELECT count(*) FROM loose_content)

-- name: end_sessions
UPDATE sessions SET ended_at = now() WHERE account = $1 AND ended_at IS NULL
