-- name: by_id
SELECT * FROM model_catalogue WHERE id = $1 AND deleted_at IS NULL

-- name: of_digest
SELECT * FROM model_catalogue
WHERE sha256 = $1 AND owner = $2 AND deleted_at IS NULL
ORDER BY uploaded_at, id
LIMIT 1

-- What stands in braces is filled in by queries.py.
-- name: page
SELECT * FROM model_catalogue
WHERE deleted_at IS NULL AND {filters}
ORDER BY uploaded_at DESC, id DESC
LIMIT {limit}
