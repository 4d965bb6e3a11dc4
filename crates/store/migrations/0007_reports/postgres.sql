-- Messages of one order are few and need no index of their own.
DROP INDEX action_report_at;

-- Nor is an order entered anew wherever it is looked up each time its state moves on.
DROP INDEX action_site;
DROP INDEX action_rollout;
CREATE INDEX action_site ON action (site_id, id);
CREATE INDEX action_rollout ON action (rollout_id, wave, site_id);
