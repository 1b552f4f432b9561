-- name: insert
INSERT INTO model_names (id, owner, name, sha256, size, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING

-- name: by_id
SELECT id, name, sha256, size, uploaded_at FROM model_names WHERE id = $1 AND owner = $2

-- name: names
SELECT id, name FROM model_names WHERE id = ANY($1::uuid[])

-- name: of_digest
SELECT id FROM model_names WHERE owner = $1 AND sha256 = $2 AND size = $3 ORDER BY uploaded_at, id LIMIT 1
