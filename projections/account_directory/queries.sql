-- name: by_ids
SELECT * FROM account_directory WHERE id = ANY($1::uuid[])

-- name: admins
SELECT count(*) FROM account_directory WHERE role = 'admin' AND standing = 'active' AND admission <> 'local'
