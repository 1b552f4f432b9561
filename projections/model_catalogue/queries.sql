-- name: by_id
SELECT * FROM model_catalogue WHERE id = $1 AND deleted_at IS NULL

-- name: of_digest
SELECT * FROM model_catalogue
WHERE sha256 = $1 AND owner = $2 AND deleted_at IS NULL
ORDER BY uploaded_at, id
LIMIT 1

-- name: of_owner
SELECT * FROM model_catalogue
WHERE ($1::uuid IS NULL OR owner = $1 OR ($3 AND visibility = 'team')) AND deleted_at IS NULL
ORDER BY uploaded_at DESC, id DESC
LIMIT $2

-- name: of_owner_before
SELECT * FROM model_catalogue
WHERE ($1::uuid IS NULL OR owner = $1 OR ($3 AND visibility = 'team')) AND deleted_at IS NULL
  AND (uploaded_at, id) < ($4, $5)
ORDER BY uploaded_at DESC, id DESC
LIMIT $2
