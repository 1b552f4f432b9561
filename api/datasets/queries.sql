-- name: insert
INSERT INTO datasets (id, owner, name, content, command_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING

-- name: of_command
SELECT id, name, content, created_at FROM datasets WHERE command_id = $1

-- name: by_id
SELECT id, name, content, created_at FROM datasets WHERE id = $1 AND owner = $2

-- name: of_owner
SELECT id, name, content, created_at FROM datasets WHERE owner = $1 ORDER BY name

-- name: delete
DELETE FROM datasets WHERE id = $1 AND owner = $2 RETURNING id
