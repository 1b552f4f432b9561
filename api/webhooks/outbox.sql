-- name: checkpoint
SELECT sequence FROM webhook_checkpoint

-- name: begin
-- What happened before there were webhooks is nothing to them; one may have been made before anybody delivered.
INSERT INTO webhook_checkpoint (sequence) SELECT least($1, min(since)) FROM webhooks ON CONFLICT DO NOTHING

-- name: advance
UPDATE webhook_checkpoint SET sequence = $1 WHERE sequence < $1

-- name: put
INSERT INTO webhook_deliveries (id, webhook, sequence, event_id, type, thing, cause)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT FROM webhooks WHERE id = $2)
ON CONFLICT DO NOTHING

-- name: due
-- Of each webhook the first few that are due and have nothing before them about the same thing.
SELECT d.id, d.webhook, w.account, d.sequence, d.event_id, d.tries, d.first_tried_at
FROM webhooks w CROSS JOIN LATERAL (
    SELECT * FROM webhook_deliveries d
    WHERE d.webhook = w.id AND d.state = 'waiting' AND d.due_at <= now() AND d.id <> ALL ($1::uuid[])
      AND NOT EXISTS (
          SELECT FROM webhook_deliveries b
          WHERE b.webhook = d.webhook AND b.thing = d.thing AND b.state = 'waiting' AND b.place < d.place
      )
    ORDER BY d.due_at, d.place
    LIMIT $2
) d
WHERE w.state = 'enabled'
ORDER BY d.due_at, d.place

-- name: tried
INSERT INTO webhook_tries (delivery, number, at, status, error, seconds, answer)
SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT FROM webhook_deliveries WHERE id = $1)
ON CONFLICT DO NOTHING

-- name: again
UPDATE webhook_deliveries SET tries = $2, first_tried_at = coalesce(first_tried_at, $3), due_at = $4
WHERE id = $1 AND state = 'waiting'

-- name: postpone
UPDATE webhook_deliveries SET due_at = now() + make_interval(secs => $2) WHERE id = $1 AND state = 'waiting'

-- name: ended
UPDATE webhook_deliveries SET tries = $2, first_tried_at = coalesce(first_tried_at, $3), state = $4, ended_at = now()
WHERE id = $1 AND state = 'waiting'

-- name: page
SELECT * FROM webhook_deliveries
WHERE webhook = $1 AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::bigint IS NULL OR place < $3)
ORDER BY place DESC
LIMIT $4

-- name: delivery
SELECT * FROM webhook_deliveries WHERE webhook = $1 AND id = $2

-- name: tries_of
SELECT number, at, status, error, seconds, answer FROM webhook_tries WHERE delivery = $1 ORDER BY number

-- name: hasten
UPDATE webhook_deliveries SET due_at = now() WHERE id = $1 AND state = 'waiting' RETURNING id

-- name: redeliver
INSERT INTO webhook_deliveries (id, webhook, sequence, event_id, type, thing, cause)
SELECT $2, webhook, sequence, event_id, type, thing, 'redelivery' FROM webhook_deliveries WHERE id = $1
ON CONFLICT DO NOTHING

-- name: ask_replay
INSERT INTO webhook_replays (id, webhook, command_id, after, until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (command_id) DO NOTHING

-- name: replays_of
SELECT count(*) FROM webhook_replays WHERE webhook = $1

-- name: replays
SELECT r.id, r.webhook, r.after, r.until, w.account, w.filter
FROM webhook_replays r JOIN webhooks w ON w.id = r.webhook
WHERE w.state = 'enabled' AND (
    SELECT count(*) FROM webhook_deliveries d WHERE d.webhook = w.id AND d.state = 'waiting'
) < $1
ORDER BY r.created_at, r.id

-- name: replayed
UPDATE webhook_replays SET after = $2 WHERE id = $1

-- name: replay_over
DELETE FROM webhook_replays WHERE id = $1

-- name: sweep
DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE ended_at < now() - make_interval(secs => $1) LIMIT 1000
)
