-- What people did. Names are looked up when somebody reads; detail: the event's data, without a submission's options.
CREATE TABLE IF NOT EXISTS audit_log (
    id        uuid PRIMARY KEY,
    sequence  bigint NOT NULL UNIQUE,
    at        timestamptz NOT NULL,
    actor     uuid NOT NULL,
    owner     uuid NOT NULL,
    aggregate text NOT NULL,
    thing     uuid NOT NULL,
    type      text NOT NULL,
    detail    jsonb NOT NULL
);

CREATE INDEX IF NOT EXISTS audit_log_of_actor ON audit_log (actor, sequence);
CREATE INDEX IF NOT EXISTS audit_log_of_thing ON audit_log (thing, sequence);
CREATE INDEX IF NOT EXISTS audit_log_of_owner ON audit_log (owner, sequence);
