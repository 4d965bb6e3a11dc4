//! The class of each table: document, row or log. Nothing else decides how a table is treated.

/// How a table may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Few, edited by people: JSON with version and revision.
    Document,
    /// Derived from documents: `doctor --reindex` makes it anew.
    Index,
    /// Grows with sites, recipients or time: authoritative, own revision.
    Row,
    /// Append-only.
    Log,
    /// Belongs to the store itself.
    House,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct TableInfo {
    /// Its name.
    pub name: &'static str,
    /// Its class.
    pub class: Class,
    /// The columns that order it: backups are written in this order.
    pub order: &'static str,
}

const fn table(name: &'static str, class: Class, order: &'static str) -> TableInfo {
    TableInfo { name, class, order }
}

/// Every table but `schema_migration`, in the order in which a backup is restored.
pub const TABLES: &[TableInfo] = &[
    table("meta", Class::House, "name"),
    table("document", Class::Document, "kind, id"),
    table("process_revision", Class::Document, "id, revision"),
    table("process_setting", Class::Row, "process_id, scope, name"),
    table("unit", Class::Row, "id"),
    table("person", Class::Row, "id"),
    table("role_grant", Class::Row, "person_id, role, scope_kind, scope_id, from_at"),
    table("absence", Class::Row, "id"),
    table("session", Class::Row, "id"),
    table("link", Class::Row, "id"),
    table("product", Class::Index, "id"),
    table("release", Class::Index, "id"),
    table("release_person", Class::Index, "release_id, person_id, role"),
    table("task", Class::Index, "release_id, step_id, round, role, person_id"),
    table("site", Class::Row, "id"),
    table("release_site", Class::Row, "release_id, site_id"),
    table("run_origin", Class::Row, "cause"),
    table("site_tag", Class::Row, "site_id, tag"),
    table("contact", Class::Row, "id"),
    table("site_version", Class::Row, "site_id, product_id, since"),
    table("deployment", Class::Row, "release_id, site_id"),
    table("site_decision", Class::Row, "release_id, site_id"),
    table("notice", Class::Row, "id"),
    table("delivery", Class::Row, "notice_id, recipient_kind, recipient_id, channel"),
    table("subscriber", Class::Row, "id"),
    table("feedback", Class::Row, "id"),
    table("site_receipt", Class::Row, "release_id, site_id, given_by"),
    table("contact_task", Class::Row, "id"),
    table("booking", Class::Row, "window_id, slot_at, place"),
    table("blob", Class::Row, "sha256"),
    table("artifact", Class::Row, "sha256"),
    table("artifact_paper", Class::Row, "artifact, kind, sha256"),
    table("release_key", Class::Row, "product_id, key_id"),
    table("trust_set", Class::Row, "product_id, version"),
    table("agent", Class::Row, "site_id"),
    table("agent_fact", Class::Row, "site_id, name"),
    table("site_parameter", Class::Row, "site_id, product_id, name"),
    table("rollout", Class::Row, "id"),
    table("rollout_wave", Class::Row, "rollout_id, wave"),
    table("rollout_site", Class::Row, "rollout_id, site_id"),
    table("action", Class::Row, "id"),
    table("action_report", Class::Row, "action_id, digest"),
    table("fleet_change", Class::House, "seq"),
    table("signed_bytes", Class::Log, "sha256"),
    table("counter", Class::Row, "name"),
    table("idempotency", Class::Row, "scope, key"),
    table("outbox", Class::Log, "id"),
    table("step_fact", Class::Log, "run, at, step, role, round, from_state, to_state"),
    table("record_stream", Class::House, "stream"),
    table("record", Class::Log, "stream, stream_seq"),
    table("record_tree", Class::House, "id"),
    table("record_node", Class::House, "level, place"),
    table("record_head", Class::Log, "size, key"),
];

#[cfg(test)]
mod tests {
    use super::TABLES;

    #[test]
    fn every_table_of_the_schema_has_a_class() {
        let mut made: Vec<&str> = Vec::new();
        for line in crate::migrate::texts().flat_map(str::lines) {
            if let Some(name) = line.strip_prefix("CREATE TABLE ") {
                made.extend(name.strip_suffix(" ("));
            }
            if let Some(name) = line.strip_prefix("DROP TABLE ") {
                made.retain(|it| *it != name.trim_end_matches(';'));
            }
            let renamed =
                line.strip_prefix("ALTER TABLE ").and_then(|it| it.split_once(" RENAME TO "));
            if let Some((old, new)) = renamed {
                made.retain(|it| *it != old);
                made.push(new.trim_end_matches(';'));
            }
        }
        let mut named: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        made.sort_unstable();
        named.sort_unstable();
        assert_eq!(made, named);
    }
}
