-- One row an account, also of deleted ones. tasks_a_day, running, stored_bytes: NULL where no quota was set for this account.
CREATE TABLE IF NOT EXISTS account_directory (
    id            uuid PRIMARY KEY,
    role          text NOT NULL,
    standing      text NOT NULL,
    admission     text NOT NULL,
    tasks_a_day   bigint,
    running       bigint,
    stored_bytes  bigint,
    registered_at timestamptz NOT NULL,
    sequence      bigint NOT NULL
);

CREATE INDEX IF NOT EXISTS account_directory_of_admins ON account_directory (id) WHERE role = 'admin' AND standing = 'active';
