-- name: insert
-- The same command again is the same webhook, unless it asks for another.
INSERT INTO webhooks (id, account, command_id, url, description, filter, secret, since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (command_id) DO UPDATE SET command_id = excluded.command_id
WHERE webhooks.url = excluded.url AND webhooks.filter = excluded.filter
RETURNING *

-- name: count
SELECT count(*) FROM webhooks WHERE account = $1 AND command_id <> $2

-- name: lock_account
SELECT pg_advisory_xact_lock(hashtextextended('webhooks of ' || $1::text, 0))

-- name: of_account
SELECT w.*, (SELECT count(*) FROM webhook_deliveries d WHERE d.webhook = w.id AND d.state = 'waiting') AS waiting
FROM webhooks w WHERE w.account = $1 AND ($2::uuid IS NULL OR w.id = $2)
ORDER BY w.created_at, w.id

-- name: change
UPDATE webhooks SET url = $3, description = $4, filter = $5 WHERE id = $1 AND account = $2

-- name: enable
UPDATE webhooks SET state = 'enabled', reason = NULL, disabled_at = NULL, disabled_after = NULL, since = $2
WHERE id = $1 AND state = 'disabled'

-- name: disable
UPDATE webhooks SET state = 'disabled', reason = $2, disabled_at = now(),
    disabled_after = (SELECT sequence FROM webhook_checkpoint)
WHERE id = $1 AND state = 'enabled'

-- name: disable_failing
-- Nothing has got through since the delivery that is given up was first tried.
UPDATE webhooks SET state = 'disabled', reason = 'failing', disabled_at = now(),
    disabled_after = (SELECT sequence FROM webhook_checkpoint)
WHERE id = $1 AND state = 'enabled' AND (delivered_at IS NULL OR delivered_at < $2)

-- name: delivered
UPDATE webhooks SET delivered_at = now() WHERE id = $1

-- name: rotate
UPDATE webhooks SET secret = $3, previous_secret = secret, previous_until = $4
WHERE id = $1 AND account = $2 RETURNING id

-- name: kept_secrets
SELECT id, secret, previous_secret FROM webhooks ORDER BY id

-- name: replace_secrets
-- Unless somebody changed them meanwhile.
UPDATE webhooks SET secret = $4, previous_secret = $5
WHERE id = $1 AND secret = $2 AND previous_secret IS NOT DISTINCT FROM $3

-- name: delete
DELETE FROM webhooks WHERE id = $1 AND account = $2 RETURNING id

-- name: delete_of_account
DELETE FROM webhooks WHERE account = $1

-- name: listening
SELECT id, account, filter, since FROM webhooks WHERE state = 'enabled' AND account = ANY($1::uuid[])

-- name: target
SELECT w.id, w.account, w.url, w.secret, w.previous_secret, w.previous_until, d.role, d.standing
FROM webhooks w JOIN account_directory d ON d.id = w.account
WHERE w.id = $1 AND w.state = 'enabled'
