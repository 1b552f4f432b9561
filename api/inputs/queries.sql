-- name: insert
INSERT INTO inputs (id, owner, name, sha256, size, dtype, shape, format, uploaded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
ON CONFLICT (id) DO NOTHING

-- name: by_ids
SELECT id, name, sha256, size, format, dtype, shape, uploaded_at FROM inputs WHERE id = ANY($1::uuid[]) AND owner = $2

-- name: of_digest
SELECT id FROM inputs WHERE owner = $1 AND sha256 = $2 AND size = $3 ORDER BY uploaded_at, id LIMIT 1
