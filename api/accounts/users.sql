-- name: insert
INSERT INTO users (id, name, name_key, email, email_key, password_hash, language) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: by_id
SELECT id, name, email, language, password_hash, created_at FROM users WHERE id = $1

-- name: by_login
SELECT id, name, email, language, password_hash, created_at FROM users WHERE name_key = $1 OR email_key = $1
