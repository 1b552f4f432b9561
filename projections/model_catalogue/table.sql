-- One row a model. size in bytes; inspected: what the newest inspection counted, and when.
CREATE TABLE IF NOT EXISTS model_catalogue (
    id           uuid PRIMARY KEY,
    sha256       text NOT NULL,
    size         bigint NOT NULL,
    owner        uuid NOT NULL,
    uploaded_at  timestamptz NOT NULL,
    deleted_at   timestamptz,
    inspected    jsonb,
    inspected_at timestamptz,
    visibility   text NOT NULL,
    project      uuid,
    tags         uuid[] NOT NULL,
    sequence     bigint NOT NULL
);

CREATE INDEX IF NOT EXISTS model_catalogue_of_owner ON model_catalogue (owner, uploaded_at, id) WHERE deleted_at IS NULL;
CREATE INDEX IF NOT EXISTS model_catalogue_of_project ON model_catalogue (project, uploaded_at, id) WHERE project IS NOT NULL;
CREATE INDEX IF NOT EXISTS model_catalogue_of_tags ON model_catalogue USING gin (tags) WHERE tags <> '{}';
CREATE INDEX IF NOT EXISTS model_catalogue_of_digest ON model_catalogue (sha256);
