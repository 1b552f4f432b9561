-- name: by_id
SELECT * FROM task_list WHERE id = $1 AND deleted_at IS NULL

-- name: engines_of_model
SELECT DISTINCT platform, engine FROM task_list
WHERE model_id = $1 AND owner = $2 AND deleted_at IS NULL AND state = 'completed'
ORDER BY platform, engine

-- name: waiting
SELECT platform, engine, count(*) AS tasks FROM task_list
WHERE state IN ('submitted', 'queued') AND deleted_at IS NULL
GROUP BY platform, engine

-- The words in braces are filled in by queries.py from closed sets: what to sort by, which way, which filters are set, where the page
-- begins. Each half walks one index; rows without a value come last whichever way the list is sorted.
-- name: page
SELECT * FROM (
    (
        SELECT * FROM task_list
        WHERE {key} IS NOT NULL AND deleted_at IS NULL AND {filters} AND {after_value}
        ORDER BY {key} {direction}, id {direction}
        LIMIT {limit}
    )
    UNION ALL
    (
        SELECT * FROM task_list
        WHERE {key} IS NULL AND deleted_at IS NULL AND {filters} AND {after_id}
        ORDER BY id {direction}
        LIMIT {limit}
    )
) page
ORDER BY {key} {direction} NULLS LAST, id {direction}
LIMIT {limit}
