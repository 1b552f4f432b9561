-- name: runners_lost
-- Three attempts on a row each time; a run that got through afterwards makes it good again.
SELECT count(*) FROM task_list killer
WHERE killer.model_id = $1 AND killer.failure = 'runner_lost' AND NOT EXISTS (
    SELECT 1 FROM task_list good
    WHERE good.model_id = $1 AND good.state = 'completed' AND good.kind = killer.kind AND good.ended_at > killer.ended_at
)
