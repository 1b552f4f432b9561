-- name: by_id
SELECT * FROM profile_summary WHERE id = $1
