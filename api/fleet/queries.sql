-- name: names
SELECT runner_id, name FROM runner_names WHERE runner_id = ANY($1::uuid[])
