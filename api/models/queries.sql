-- name: insert
INSERT INTO model_names (id, owner, name, sha256, size, uploaded_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING

-- name: by_id
SELECT n.id, n.name, n.sha256, n.size, n.uploaded_at, n.owner, coalesce(c.visibility, 'private') AS visibility
FROM model_names n LEFT JOIN model_catalogue c ON c.id = n.id
WHERE n.id = $1

-- name: names
SELECT id, name FROM model_names WHERE id = ANY($1::uuid[])

-- name: of_digest
SELECT id FROM model_names WHERE owner = $1 AND sha256 = $2 AND size = $3 ORDER BY uploaded_at, id LIMIT 1
