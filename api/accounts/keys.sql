-- name: insert
-- The same command again gets the same key with another secret: nobody knows whether the first one arrived.
INSERT INTO api_keys (id, account, name, beginning, sha256, scopes, expires_at, command_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (command_id) DO UPDATE SET beginning = excluded.beginning, sha256 = excluded.sha256
WHERE api_keys.revoked_at IS NULL AND api_keys.name = excluded.name AND api_keys.scopes = excluded.scopes
RETURNING id, name, beginning, scopes, created_at, expires_at, revoked_at, last_used_at

-- name: holder
SELECT k.id AS key, k.account, u.name, k.scopes, d.role, d.standing,
       k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' AS stale
FROM api_keys k
JOIN users u ON u.id = k.account
JOIN account_directory d ON d.id = k.account
WHERE k.sha256 = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())

-- name: used
-- Of several requests at once one writes; the others skip the row that it holds.
UPDATE api_keys SET last_used_at = now()
WHERE id = (
    SELECT id FROM api_keys
    WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
    FOR UPDATE SKIP LOCKED
)

-- name: of_account
SELECT id, name, beginning, scopes, created_at, expires_at, revoked_at, last_used_at FROM api_keys
WHERE account = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
ORDER BY created_at DESC, id

-- name: revoke
UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND account = $2 AND revoked_at IS NULL RETURNING id
