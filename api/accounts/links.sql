-- name: insert
-- The same command again gets the same link with another secret: nobody knows whether the first one arrived.
INSERT INTO one_time_links (id, sha256, kind, account, role, email, made_by, expires_at, command_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8, $9)
ON CONFLICT (command_id) DO UPDATE SET sha256 = excluded.sha256
WHERE one_time_links.used_at IS NULL AND one_time_links.role IS NOT DISTINCT FROM excluded.role
  AND one_time_links.email IS NOT DISTINCT FROM excluded.email
RETURNING id, kind, account, role, email, made_by, created_at, expires_at

-- name: look
SELECT id, kind, account, role, email, made_by, created_at, expires_at FROM one_time_links
WHERE sha256 = $1 AND kind = ANY($2::text[]) AND used_at IS NULL AND expires_at > now()

-- name: use
UPDATE one_time_links SET used_at = now()
WHERE sha256 = $1 AND kind = ANY($2::text[]) AND used_at IS NULL AND expires_at > now()
RETURNING id, kind, account, role, email, made_by, created_at, expires_at

-- name: invitations
SELECT id, kind, account, role, email, made_by, created_at, expires_at FROM one_time_links
WHERE kind = 'invitation' AND used_at IS NULL AND expires_at > now()
ORDER BY created_at DESC, id

-- name: revoke
DELETE FROM one_time_links WHERE id = $1 AND kind = 'invitation' AND used_at IS NULL RETURNING id

-- name: void
DELETE FROM one_time_links WHERE kind = $1 AND account IS NOT DISTINCT FROM $2 AND used_at IS NULL

-- name: sweep
DELETE FROM one_time_links WHERE expires_at < now() - interval '1 day'
