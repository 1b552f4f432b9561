-- name: insert
-- The same command again gets the same token with another secret: nobody knows whether the first one arrived.
INSERT INTO enrolments (id, sha256, beginning, owner, pool, expires_at, command_id)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), $7)
ON CONFLICT (command_id) DO UPDATE SET sha256 = excluded.sha256, beginning = excluded.beginning
WHERE enrolments.public_key IS NULL AND enrolments.revoked_at IS NULL AND enrolments.pool = excluded.pool
RETURNING *

-- name: list
SELECT * FROM enrolments
WHERE ($1::uuid IS NULL OR owner = $1) AND runner_id IS NULL AND revoked_at IS NULL AND expires_at > now()
ORDER BY created_at DESC

-- name: revoke
UPDATE enrolments SET revoked_at = now()
WHERE id = $1 AND ($2::uuid IS NULL OR owner = $2) AND revoked_at IS NULL
RETURNING id

-- name: use
UPDATE enrolments SET runner_id = coalesce(runner_id, $2), public_key = $3
WHERE sha256 = $1 AND revoked_at IS NULL AND (public_key = $3 OR (public_key IS NULL AND expires_at > now()))
RETURNING *

-- name: add_key
INSERT INTO runner_keys (public_key, runner_id, platform) VALUES ($1, $2, $3) ON CONFLICT (public_key) DO NOTHING

-- name: key
SELECT runner_id, platform, registered_at, revoked_at FROM runner_keys WHERE public_key = $1

-- name: platform
SELECT platform FROM runner_keys WHERE runner_id = $1 LIMIT 1

-- name: revoke_keys
UPDATE runner_keys SET revoked_at = now() WHERE runner_id = $1 AND revoked_at IS NULL

-- name: is_revoked
SELECT EXISTS (SELECT 1 FROM runner_keys WHERE runner_id = $1)
    AND NOT EXISTS (SELECT 1 FROM runner_keys WHERE runner_id = $1 AND revoked_at IS NULL)
