-- name: by_id
SELECT * FROM task_detail WHERE id = $1 AND deleted_at IS NULL
