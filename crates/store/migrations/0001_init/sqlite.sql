-- Everything the first version keeps. Times are microseconds since 1970-01-01 UTC, days are
-- ISO dates, flags are 0 or 1. The class of each table is stated in src/classes.rs.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE document (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    v BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT UNIQUE,
    name TEXT NOT NULL,
    email TEXT,
    lang TEXT NOT NULL,
    zone TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    active BIGINT NOT NULL,
    password_hash TEXT,
    weekly_hours BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX person_unit ON person (unit_id, name, id);

CREATE TABLE unit (
    id TEXT NOT NULL PRIMARY KEY,
    parent_id TEXT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    head_person_id TEXT,
    zone TEXT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX unit_parent ON unit (parent_id);

CREATE TABLE role_grant (
    person_id TEXT NOT NULL,
    role TEXT NOT NULL,
    scope_kind TEXT NOT NULL,
    scope_id TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    delegated_by TEXT,
    PRIMARY KEY (person_id, role, scope_kind, scope_id, from_at)
);
CREATE INDEX role_grant_scope ON role_grant (scope_kind, scope_id, role);

CREATE TABLE absence (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    reason TEXT
);
CREATE INDEX absence_person ON absence (person_id, from_day);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    person_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    step_up_at BIGINT
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE link (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    person_id TEXT,
    contact_id TEXT,
    site_id TEXT,
    notice_id TEXT,
    release_id TEXT,
    expires_at BIGINT NOT NULL,
    single_use BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE product (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE process_revision (
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    state TEXT NOT NULL,
    text BLOB NOT NULL,
    digest TEXT NOT NULL,
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, revision)
);

CREATE TABLE release (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    product_id TEXT NOT NULL,
    version TEXT,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    go_live_at BIGINT,
    lead_id TEXT,
    unit_id TEXT NOT NULL,
    process_id TEXT NOT NULL,
    process_revision BIGINT NOT NULL,
    waiting TEXT NOT NULL,
    next_due_at BIGINT,
    updated_at BIGINT NOT NULL,
    UNIQUE (product_id, version)
);
CREATE INDEX release_updated ON release (updated_at, id);
CREATE INDEX release_go_live ON release (go_live_at, id);
CREATE INDEX release_unit ON release (unit_id, updated_at, id);
CREATE INDEX release_due ON release (next_due_at);

CREATE TABLE release_person (
    release_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (release_id, person_id, role)
);
CREATE INDEX release_person_person ON release_person (person_id, release_id);

CREATE TABLE task (
    release_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    round BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT,
    start_at BIGINT,
    effort_minutes BIGINT NOT NULL,
    PRIMARY KEY (release_id, step_id, round, role, person_id)
);
CREATE INDEX task_person ON task (person_id, state, due_at);

CREATE TABLE site (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    customer TEXT,
    zone TEXT NOT NULL,
    lang TEXT NOT NULL,
    address TEXT NOT NULL,
    class TEXT NOT NULL,
    update_authority TEXT NOT NULL,
    active BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX site_unit ON site (unit_id, key);

CREATE TABLE site_tag (
    site_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (site_id, tag)
);
CREATE INDEX site_tag_tag ON site_tag (tag, site_id);

CREATE TABLE contact (
    id TEXT NOT NULL PRIMARY KEY,
    site_id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    lang TEXT NOT NULL,
    kind TEXT NOT NULL,
    active BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX contact_site ON contact (site_id);

CREATE TABLE site_version (
    site_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    version TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    source TEXT NOT NULL,
    reported_by TEXT NOT NULL,
    evidence TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (site_id, product_id, since)
);
CREATE INDEX site_version_product ON site_version (product_id, until, sort_key, site_id);

CREATE TABLE deployment (
    release_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    slot_at BIGINT,
    wave BIGINT NOT NULL,
    evidence TEXT,
    source TEXT,
    reported_by TEXT,
    at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (release_id, site_id)
);
CREATE INDEX deployment_site ON deployment (site_id, release_id);

CREATE TABLE site_decision (
    release_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    wished_at BIGINT,
    reason TEXT,
    decided_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (release_id, site_id)
);

CREATE TABLE notice (
    id TEXT NOT NULL PRIMARY KEY,
    release_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    audience TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    earliest BIGINT,
    latest BIGINT,
    generation BIGINT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    facts TEXT NOT NULL,
    slot_at BIGINT,
    reason TEXT,
    sent_at BIGINT,
    revision BIGINT NOT NULL
);
CREATE INDEX notice_release ON notice (release_id, earliest);
CREATE INDEX notice_state ON notice (state, earliest);

CREATE TABLE delivery (
    notice_id TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    lang TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    message_id TEXT NOT NULL UNIQUE,
    sent_at BIGINT,
    opened_at BIGINT,
    acked_at BIGINT,
    last_error TEXT,
    revision BIGINT NOT NULL,
    PRIMARY KEY (notice_id, recipient_kind, recipient_id, channel)
);
CREATE INDEX delivery_due ON delivery (state, next_at);
CREATE INDEX delivery_recipient ON delivery (recipient_kind, recipient_id);

CREATE TABLE subscriber (
    id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    product_id TEXT NOT NULL,
    lang TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    confirmed_at BIGINT,
    at BIGINT NOT NULL,
    UNIQUE (address, product_id)
);

CREATE TABLE feedback (
    id TEXT NOT NULL PRIMARY KEY,
    release_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    success BIGINT NOT NULL,
    problems TEXT NOT NULL,
    ideas TEXT NOT NULL,
    rating BIGINT,
    given_by TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX feedback_release ON feedback (release_id, site_id);

CREATE TABLE site_receipt (
    release_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    given_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (release_id, site_id, given_by)
);

CREATE TABLE contact_task (
    id TEXT NOT NULL PRIMARY KEY,
    release_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    channel TEXT NOT NULL,
    notes TEXT NOT NULL,
    readiness TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX contact_task_person ON contact_task (person_id, done_at, due_at);
CREATE INDEX contact_task_release ON contact_task (release_id);

CREATE TABLE freeze_period (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    scope_kind TEXT NOT NULL,
    scope_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX freeze_period_time ON freeze_period (to_at, from_at);

CREATE TABLE booking (
    window_id TEXT NOT NULL,
    slot_at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    release_id TEXT NOT NULL,
    PRIMARY KEY (window_id, slot_at, place)
);
CREATE INDEX booking_release ON booking (release_id);

CREATE TABLE blob (
    sha256 TEXT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    response BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state TEXT NOT NULL,
    last_error TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, due_at, id);

CREATE TABLE step_fact (
    run TEXT NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    round BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    kind TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX step_fact_run ON step_fact (run, at);
CREATE INDEX step_fact_at ON step_fact (at);

CREATE TABLE record_stream (
    stream TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE record (
    stream TEXT NOT NULL,
    stream_seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    position BIGINT UNIQUE,
    bytes BLOB NOT NULL,
    PRIMARY KEY (stream, stream_seq)
);
CREATE INDEX record_unplaced ON record (at, stream, stream_seq) WHERE position IS NULL;

CREATE TABLE record_tree (
    id BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL
);
INSERT INTO record_tree (id, size) VALUES (1, 0);

CREATE TABLE record_node (
    level BIGINT NOT NULL,
    place BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (level, place)
);

CREATE TABLE record_head (
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    at BIGINT NOT NULL,
    key TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (size, key)
);
