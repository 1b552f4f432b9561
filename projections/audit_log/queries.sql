-- name: page
-- What people did, and devices that were removed by whoever sat at them.
SELECT l.* FROM audit_log l
WHERE (EXISTS (SELECT FROM account_directory d WHERE d.id = l.actor) OR (l.type = 'runner.revoked' AND l.actor = l.thing))
  AND ($1::uuid IS NULL OR l.actor = $1)
  AND ($2::uuid IS NULL OR l.thing = $2)
  AND ($3::uuid IS NULL OR l.owner = $3)
  AND ($4::text[] IS NULL OR l.type = ANY($4))
  AND ($5::timestamptz IS NULL OR l.at >= $5)
  AND ($6::timestamptz IS NULL OR l.at < $6)
  AND ($7::bigint IS NULL OR l.sequence < $7)
ORDER BY l.sequence DESC
LIMIT $8
