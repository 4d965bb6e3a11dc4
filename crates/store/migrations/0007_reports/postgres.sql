-- Each message of an agent is a row in one tree: those of one order are few and need no index of their own.
CREATE TABLE action_report_kept (
    action_id BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    execution TEXT NOT NULL,
    finished TEXT NOT NULL,
    code BIGINT,
    details TEXT NOT NULL,
    client_at BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (action_id, digest)
);
INSERT INTO action_report_kept (action_id, digest, execution, finished, code, details, client_at, at)
    SELECT action_id, digest, execution, finished, code, details, client_at, at FROM action_report;
DROP TABLE action_report;
ALTER TABLE action_report_kept RENAME TO action_report;

-- Nor is an order entered anew wherever it is looked up each time its state moves on.
DROP INDEX action_site;
DROP INDEX action_rollout;
CREATE INDEX action_site ON action (site_id, id);
CREATE INDEX action_rollout ON action (rollout_id, wave, site_id);
