-- name: insert
INSERT INTO users (id, name, name_key, email, email_key, password_hash, language) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: by_id
SELECT id, name, email, language, password_hash, created_at FROM users WHERE id = $1

-- name: by_login
SELECT id, name, email, language, password_hash, created_at FROM users WHERE name_key = $1 OR email_key = $1

-- name: anybody
SELECT EXISTS (SELECT FROM users)

-- name: set_password
UPDATE users SET password_hash = $2 WHERE id = $1

-- name: change
UPDATE users SET name = $2, name_key = $3, email = $4, email_key = $5, language = $6 WHERE id = $1
