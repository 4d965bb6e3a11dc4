-- The sites a release is for, fixed when it is opened. Rows, because there may be a hundred thousand.
CREATE TABLE release_site (
    release_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    PRIMARY KEY (release_id, site_id)
);
CREATE INDEX release_site_site ON release_site (site_id, release_id);

-- A file that sites may install: a package of ours, or a file for another kind of client.
CREATE TABLE artifact (
    sha256 TEXT NOT NULL PRIMARY KEY,
    sha1 TEXT NOT NULL,
    md5 TEXT NOT NULL,
    size BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    product_id TEXT NOT NULL,
    version TEXT NOT NULL,
    manifest TEXT,
    key_ids TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX artifact_product ON artifact (product_id, version);

-- A file that says something about an artifact: its parts, how it was built.
CREATE TABLE artifact_paper (
    artifact TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (artifact, kind, sha256)
);

-- Public halves of the keys with which packages of a product are signed.
CREATE TABLE release_key (
    product_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    public_key TEXT NOT NULL,
    comment TEXT NOT NULL,
    added_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    retired_at BIGINT,
    revision BIGINT NOT NULL,
    PRIMARY KEY (product_id, key_id)
);

-- Sets of release keys that agents may believe, each signed by the one before; exact bytes.
CREATE TABLE trust_set (
    product_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    signatures TEXT NOT NULL,
    published_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (product_id, version)
);

-- The program at a site that installs.
CREATE TABLE agent (
    site_id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL,
    public_key TEXT NOT NULL,
    program TEXT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    enrolled_by TEXT NOT NULL,
    seen_at BIGINT,
    wants_facts BIGINT NOT NULL,
    auto_confirm BIGINT NOT NULL,
    auto_confirm_by TEXT,
    auto_confirm_at BIGINT,
    revoked_at BIGINT,
    revision BIGINT NOT NULL
);

CREATE TABLE agent_fact (
    site_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (site_id, name)
);

-- What a site sets for a product; secrets are kept at the site alone.
CREATE TABLE site_parameter (
    site_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (site_id, product_id, name)
);

-- A set of deployments in waves, or the way back of one.
CREATE TABLE rollout (
    id TEXT NOT NULL PRIMARY KEY,
    release_id TEXT NOT NULL,
    step_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    round BIGINT NOT NULL,
    origin TEXT,
    reach TEXT NOT NULL,
    state TEXT NOT NULL,
    wave BIGINT NOT NULL,
    reason TEXT,
    reason_code TEXT,
    changed_by TEXT NOT NULL,
    members TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    revision BIGINT NOT NULL
);
CREATE INDEX rollout_release ON rollout (release_id, started_at);
CREATE UNIQUE INDEX rollout_once ON rollout (release_id, step_id, kind, round);
CREATE INDEX rollout_state ON rollout (state);

CREATE TABLE rollout_wave (
    rollout_id TEXT NOT NULL,
    wave BIGINT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    total BIGINT NOT NULL,
    installed BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    rolled_back BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    silent BIGINT NOT NULL,
    passed_failed BIGINT NOT NULL,
    passed_silent BIGINT NOT NULL,
    soak_seconds BIGINT NOT NULL,
    halt_failed BIGINT NOT NULL,
    halt_silent BIGINT NOT NULL,
    started_at BIGINT,
    through_at BIGINT,
    revision BIGINT NOT NULL,
    PRIMARY KEY (rollout_id, wave)
);

-- Which site is in which wave, fixed when the rollout starts.
CREATE TABLE rollout_site (
    rollout_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    wave BIGINT NOT NULL,
    outcome TEXT,
    version TEXT,
    PRIMARY KEY (rollout_id, site_id)
);
CREATE INDEX rollout_site_site ON rollout_site (site_id, rollout_id);
CREATE INDEX rollout_site_wave ON rollout_site (rollout_id, wave, site_id);

-- One order to the agent of one site. The number goes over the wire and fits 31 bits.
CREATE TABLE action (
    id INTEGER NOT NULL PRIMARY KEY,
    rollout_id TEXT NOT NULL,
    release_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    kind TEXT NOT NULL,
    wave BIGINT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    stage TEXT NOT NULL,
    rank BIGINT NOT NULL,
    note TEXT,
    told_at BIGINT,
    not_before BIGINT,
    until BIGINT,
    ordered_at BIGINT NOT NULL,
    heard_at BIGINT,
    closed_at BIGINT,
    revision BIGINT NOT NULL
);
CREATE INDEX action_site ON action (site_id, state, id);
CREATE INDEX action_rollout ON action (rollout_id, wave, state, site_id);

-- What an agent said about an order, word for word. The same message twice is one row.
CREATE TABLE action_report (
    action_id BIGINT NOT NULL,
    digest BLOB NOT NULL,
    execution TEXT NOT NULL,
    finished TEXT NOT NULL,
    code BIGINT,
    details TEXT NOT NULL,
    client_at BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (action_id, digest)
);
CREATE INDEX action_report_at ON action_report (action_id, at);

-- What other nodes must read anew before they answer a poll: one row per change, not per site.
CREATE TABLE fleet_change (
    seq BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    at BIGINT NOT NULL
);
