-- name: insert
INSERT INTO uploads (id, owner, kind, filename, size, sha256, part_size, state, resource_id, command_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11))
ON CONFLICT (command_id) DO NOTHING
RETURNING id, owner, kind, filename, size, sha256, part_size, state, resource_id, expires_at

-- name: of_command
SELECT id, owner, kind, filename, size, sha256, part_size, state, resource_id, expires_at
FROM uploads WHERE command_id = $1

-- name: by_id
SELECT id, owner, kind, filename, size, sha256, part_size, state, resource_id, expires_at
FROM uploads WHERE id = $1 AND owner = $2

-- name: open_one
SELECT id, owner, kind, filename, size, sha256, part_size, state, resource_id, expires_at
FROM uploads
WHERE owner = $1 AND kind = $2 AND sha256 = $3 AND size = $4 AND state = 'open' AND expires_at > now()
ORDER BY created_at, id
LIMIT 1

-- name: parts
SELECT number FROM upload_parts WHERE upload_id = $1 ORDER BY number

-- name: add_part
INSERT INTO upload_parts (upload_id, number)
SELECT id, $2 FROM uploads WHERE id = $1 AND state = 'open'
ON CONFLICT DO NOTHING

-- name: keep_parts
DELETE FROM upload_parts WHERE upload_id = $1 AND NOT number = ANY($2::integer[])

-- name: complete
UPDATE uploads SET state = 'complete' WHERE id = $1

-- name: delete
DELETE FROM uploads WHERE id = $1

-- name: forget_parts
DELETE FROM upload_parts WHERE upload_id = $1

-- name: expired
SELECT id FROM uploads WHERE state = 'open' AND expires_at < now() ORDER BY expires_at LIMIT 100
