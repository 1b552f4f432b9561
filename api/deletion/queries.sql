-- name: mark
INSERT INTO deletions (id, kind, thing, platform, owner, actor, due_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
ON CONFLICT (kind, thing) DO UPDATE SET due_at = excluded.due_at
RETURNING id, kind, thing, platform, owner, actor, swept

-- name: claim
-- Whoever claims has a while to do it; then it is anybody's again.
UPDATE deletions SET due_at = now() + make_interval(secs => $1)
WHERE id IN (
    SELECT id FROM deletions WHERE due_at <= now() ORDER BY due_at LIMIT 50 FOR UPDATE SKIP LOCKED
)
RETURNING id, kind, thing, platform, owner, actor, swept

-- name: put_off
UPDATE deletions SET due_at = now() + make_interval(secs => $2), swept = $3 WHERE id = $1

-- name: forget
DELETE FROM deletions WHERE id = $1

-- name: forget_task
WITH links AS (DELETE FROM share_links WHERE task_id = $1)
DELETE FROM task_labels WHERE task_id = $1

-- name: forget_model
WITH uploaded AS (DELETE FROM uploads WHERE resource_id = $1 AND state = 'complete'),
     swept AS (UPDATE sweeps SET model = model || '{"name": null}' WHERE model ->> 'id' = $1::text),
     called AS (UPDATE task_labels SET model = model || '{"name": null}' WHERE model ->> 'id' = $1::text)
DELETE FROM model_names WHERE id = $1 RETURNING sha256

-- name: forget_input
WITH uploaded AS (DELETE FROM uploads WHERE resource_id = $1 AND state = 'complete')
DELETE FROM inputs WHERE id = $1 RETURNING sha256

-- name: datasets_with_input
SELECT name FROM datasets
WHERE content -> 'archives' ? $1::text
   OR EXISTS (SELECT FROM jsonb_each_text(content -> 'inputs') one WHERE one.value = $1::text)

-- name: inspections_of_model
SELECT task_id, platform FROM task_labels WHERE model ->> 'id' = $1::text AND owner = $2 AND request = 'inspect'

-- name: loosen
INSERT INTO loose_content (prefix, sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: loose
SELECT prefix, sha256 FROM loose_content ORDER BY since LIMIT 1000

-- name: lock_content
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))

-- name: held_for_good
-- A model or an input: when it goes, its bytes are loose again.
SELECT EXISTS (SELECT FROM model_names WHERE $1 = 'models' AND sha256 = $2)
    OR EXISTS (SELECT FROM inputs WHERE $1 = 'inputs' AND sha256 = $2)

-- name: held_for_now
-- An upload under way, or a task that will need them. A label of the last hour may be of a task that is not listed yet.
SELECT EXISTS (SELECT FROM uploads WHERE state = 'open' AND sha256 = $2 AND kind || 's' = $1)
    OR EXISTS (
        SELECT FROM task_labels l LEFT JOIN task_list t ON t.id = l.task_id
        WHERE (t.ended_at IS NULL AND t.id IS NOT NULL OR t.id IS NULL AND l.created_at > now() - interval '1 hour')
          AND ($1 = 'models' AND l.model ->> 'sha256' = $2
               OR $1 = 'inputs' AND jsonb_path_exists(
                   jsonb_build_array(l.inputs, l.data -> 'archives'),
                   '$[*].**.sha256 ? (@ == $digest)', jsonb_build_object('digest', $2::text)))
    )

-- name: tighten
DELETE FROM loose_content WHERE prefix = $1 AND sha256 = $2

-- name: tasks_of_owner
SELECT id, platform, ended_at IS NOT NULL AS ended FROM task_list WHERE owner = $1 AND deleted_at IS NULL LIMIT 500

-- name: labels_of_owner
SELECT count(*) FROM task_labels WHERE owner = $1

-- name: models_of_owner
SELECT id FROM model_names WHERE owner = $1

-- name: inputs_of_owner
SELECT id FROM inputs WHERE owner = $1

-- name: datasets_of_owner
SELECT id FROM datasets WHERE owner = $1

-- name: projects_of_owner
SELECT id FROM project_names WHERE owner = $1

-- name: forget_tags_of
DELETE FROM tags WHERE owner = $1

-- name: void_enrolments_of
UPDATE enrolments SET revoked_at = now() WHERE owner = $1 AND runner_id IS NULL AND revoked_at IS NULL

-- name: private_runners_of
SELECT id, platform FROM runner_board WHERE owner = $1 AND pool = 'private'

-- name: runners_granted_to
SELECT id, platform, owner FROM runner_board WHERE grants ? $1 AND NOT revoked

-- name: forget_runner_name
DELETE FROM runner_names WHERE runner_id = $1

-- name: uploads_of_owner
SELECT id FROM uploads WHERE owner = $1

-- name: forget_user
DELETE FROM users WHERE id = $1

-- name: forget_sweeps_of
WITH links AS (DELETE FROM share_links WHERE sweep_id IN (SELECT id FROM sweeps WHERE owner = $1))
DELETE FROM sweeps WHERE owner = $1

-- name: forget_links_of
DELETE FROM share_links WHERE made_by = $1

-- name: forget_old_labels
-- Of commands that never became tasks.
DELETE FROM task_labels l WHERE owner = $1 AND created_at < now() - interval '1 hour'
  AND NOT EXISTS (SELECT FROM task_list t WHERE t.id = l.task_id AND t.deleted_at IS NULL)

-- name: retention
SELECT files_days, changed_by, changed_at FROM retention

-- name: set_retention
UPDATE retention SET files_days = $1, changed_by = $2, changed_at = now() RETURNING files_days, changed_by, changed_at

-- name: tasks_with_old_files
SELECT t.id, t.platform, t.owner FROM task_detail t
WHERE t.ended_at < now() - make_interval(secs => $1) AND t.files_deleted_at IS NULL AND t.kind = 'profile'
  AND NOT EXISTS (SELECT FROM deletions d WHERE d.thing = t.id)
ORDER BY t.ended_at
LIMIT $2

-- name: old_files
SELECT count(*) AS tasks,
       coalesce(sum((SELECT sum((one ->> 'size')::bigint) FROM jsonb_array_elements(t.artifacts) one)), 0)::bigint AS bytes
FROM task_detail t, retention r
WHERE t.ended_at < now() - make_interval(secs => coalesce($1, r.files_days * 86400)) AND t.files_deleted_at IS NULL
  AND t.kind = 'profile' AND NOT EXISTS (SELECT FROM deletions d WHERE d.thing = t.id)

-- name: old_guests
SELECT a.id FROM account_directory a
WHERE a.role = 'guest' AND a.admission = 'guest' AND a.standing <> 'deleted'
  AND a.registered_at < now() - make_interval(secs => $1)
  AND NOT EXISTS (SELECT FROM deletions d WHERE d.thing = a.id)
ORDER BY a.registered_at
LIMIT $2
