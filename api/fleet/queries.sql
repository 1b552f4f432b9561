-- name: names
SELECT runner_id, name FROM runner_names WHERE runner_id = ANY($1::uuid[])

-- name: set_name
INSERT INTO runner_names (runner_id, name) VALUES ($1, $2)
ON CONFLICT (runner_id) DO UPDATE SET name = excluded.name

-- name: name_once
INSERT INTO runner_names (runner_id, name) VALUES ($1, $2) ON CONFLICT (runner_id) DO NOTHING

-- name: forget_name
DELETE FROM runner_names WHERE runner_id = $1

-- name: label_words
SELECT id, word FROM device_labels WHERE id = ANY($1::uuid[])

-- name: label_ids
SELECT id, word FROM device_labels WHERE word = ANY($1::text[])

-- name: all_labels
SELECT id, word FROM device_labels

-- name: add_label
INSERT INTO device_labels (id, word) VALUES ($1, $2) ON CONFLICT (word) DO NOTHING
