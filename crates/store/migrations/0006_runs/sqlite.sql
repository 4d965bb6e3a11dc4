-- A run may be about something other than a release; lists of releases show releases only.
ALTER TABLE release ADD COLUMN subject TEXT NOT NULL DEFAULT 'release';
CREATE INDEX release_subject ON release (subject, updated_at);

-- What began a run that no person began: one row per cause, so that no cause begins two.
CREATE TABLE run_origin (
    cause TEXT NOT NULL PRIMARY KEY,
    release_id TEXT NOT NULL,
    parent_id TEXT,
    step_id TEXT,
    round BIGINT NOT NULL,
    member TEXT NOT NULL
);
CREATE INDEX run_origin_parent ON run_origin (parent_id);

-- What the organization (scope '') or a product set instead of a default of a process.
CREATE TABLE process_setting (
    process_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    set_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (process_id, scope, name)
);
