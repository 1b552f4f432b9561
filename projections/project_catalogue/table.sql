-- One row a project.
CREATE TABLE IF NOT EXISTS project_catalogue (
    id          uuid PRIMARY KEY,
    owner       uuid NOT NULL,
    visibility  text NOT NULL,
    created_at  timestamptz NOT NULL,
    archived_at timestamptz,
    deleted_at  timestamptz,
    sequence    bigint NOT NULL
);

CREATE INDEX IF NOT EXISTS project_catalogue_of_owner ON project_catalogue (owner, id) WHERE deleted_at IS NULL;
