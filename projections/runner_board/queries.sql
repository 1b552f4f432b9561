-- name: all
SELECT board.*, coalesce(busy.running, 0) AS running
FROM runner_board board
LEFT JOIN (
    SELECT runner_id, count(*) AS running FROM task_list WHERE state IN ('running', 'cancelling') GROUP BY runner_id
) busy ON busy.runner_id = board.id
ORDER BY board.enrolled_at, board.id

-- name: by_id
SELECT board.*, (
    SELECT count(*) FROM task_list WHERE state IN ('running', 'cancelling') AND runner_id = board.id
) AS running
FROM runner_board board
WHERE board.id = $1

-- name: engines
SELECT board.platform, offer ->> 'version' AS version, count(DISTINCT board.id) AS runners,
    count(DISTINCT board.id) FILTER (WHERE board.present) AS present,
    array_agg(DISTINCT offer ->> 'driver' ORDER BY offer ->> 'driver') AS drivers
FROM runner_board board, jsonb_array_elements(board.description -> 'engines') offer
WHERE NOT board.revoked AND NOT board.disabled
    AND (board.pool = 'public' OR board.owner = $1::uuid OR board.grants ? $1::text)
GROUP BY board.platform, offer ->> 'version'
ORDER BY board.platform, version
