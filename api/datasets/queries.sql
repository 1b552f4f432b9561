-- name: insert
INSERT INTO datasets (id, owner, name, content, command_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING

-- name: of_command
SELECT id, owner, name, content, visibility, created_at FROM datasets WHERE command_id = $1

-- name: by_id
SELECT id, owner, name, content, visibility, created_at FROM datasets WHERE id = $1

-- name: of_owner
SELECT id, owner, name, content, visibility, created_at FROM datasets WHERE $1::uuid IS NULL OR owner = $1 OR ($2 AND visibility = 'team') ORDER BY name, id

-- name: delete
DELETE FROM datasets WHERE id = $1

-- name: show
UPDATE datasets SET visibility = $2 WHERE id = $1
