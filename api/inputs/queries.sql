-- name: insert
INSERT INTO inputs (id, owner, name, sha256, size, dtype, shape, format, uploaded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
ON CONFLICT (id) DO NOTHING

-- name: by_ids
SELECT id, name, sha256, size, format, dtype, shape, uploaded_at FROM inputs i
WHERE id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR owner = $2 OR ($3 AND EXISTS (
    -- Whoever may use a dataset may use what it is made of.
    SELECT FROM datasets d
    WHERE d.owner = i.owner AND d.visibility = 'team'
      AND (d.content -> 'archives' ? i.id::text
           OR EXISTS (SELECT FROM jsonb_each_text(d.content -> 'inputs') one WHERE one.value = i.id::text))
)))

-- name: owner
SELECT owner FROM inputs WHERE id = $1

-- name: of_digest
SELECT id FROM inputs WHERE owner = $1 AND sha256 = $2 AND size = $3 ORDER BY uploaded_at, id LIMIT 1
