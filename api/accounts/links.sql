-- name: insert
INSERT INTO one_time_links (id, sha256, kind, account, role, email, made_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8)
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
