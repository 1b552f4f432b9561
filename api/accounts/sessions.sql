-- name: begin
INSERT INTO sessions (id, account, remembered, user_agent, address, expires_at, key_id)
VALUES ($1, $2, $3, $4, $5, now() + $6, $7)

-- name: add_token
INSERT INTO refresh_tokens (sha256, session) VALUES ($1, $2)

-- name: token
-- The lock makes two who come with one token at the same moment come one after the other.
SELECT t.session, t.used_at IS NOT NULL AS used, t.used_at > now() - $2::interval AS just_used,
       s.account, s.remembered,
       s.ended_at IS NOT NULL OR s.expires_at <= now() OR NOT key_holds(s.key_id) AS over
FROM refresh_tokens t JOIN sessions s ON s.id = t.session
WHERE t.sha256 = $1
FOR UPDATE

-- name: use_token
UPDATE refresh_tokens SET used_at = now() WHERE sha256 = $1

-- name: prolong
UPDATE sessions SET last_used_at = now(), expires_at = now() + $2 WHERE id = $1

-- name: holder
SELECT s.id AS session, s.account, u.name, d.role, d.standing, k.id AS key, k.scopes AS key_scopes
FROM sessions s
JOIN users u ON u.id = s.account
JOIN account_directory d ON d.id = s.account
LEFT JOIN api_keys k ON k.id = s.key_id
WHERE s.id = $1 AND s.account = $2 AND s.ended_at IS NULL AND s.expires_at > now() AND key_holds(s.key_id)

-- name: of_account
SELECT id, user_agent, address, created_at, last_used_at, expires_at FROM sessions
WHERE account = $1 AND ended_at IS NULL AND expires_at > now() AND key_holds(key_id)
ORDER BY last_used_at DESC, id

-- name: end
UPDATE sessions SET ended_at = now() WHERE id = $1 AND account = $2 AND ended_at IS NULL RETURNING id

-- name: end_all
UPDATE sessions SET ended_at = now() WHERE account = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2

-- name: sweep
DELETE FROM sessions WHERE coalesce(ended_at, expires_at) < now() - interval '1 day'
