//! What an approval signs: exact bytes, made from the release's content and the documents that
//! the step builds on. The bytes are kept; verification hashes them, never a value read again.

use roadbook_core::process::template::{Step, StepKind, Template};
use roadbook_core::release::Release;
use roadbook_core::run::asks_about;
use roadbook_store::canonical;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The bytes that an approval in this step signs.
///
/// The slot is not part of them: moving the go-live is governed by windows, lead times and the
/// decision itself, and the record tells who moved it. Documents that other approvers of the same
/// step hand in are not part either, or each would void the one before.
pub(super) fn bytes(template: &Template, release: &Release, step: &Step) -> Vec<u8> {
    let documents: BTreeMap<&str, &str> = documents_below(template, step)
        .into_iter()
        .filter_map(|id| release.run.documents.get(id).map(|it| (id, it.digest.as_str())))
        .collect();
    let mut value = json!({
        "what": "approval",
        "release": release.id.as_str(),
        "number": release.number,
        "process": format!("{}@{}", release.run.process, release.run.revision_signed(&step.id)),
        "step": step.id,
        "product": release.product.as_str(),
        "version": release.version,
        "title": release.title,
        "kind": release.kind,
        "mode": release.mode.name(),
        "mode_reason": release.mode_reason,
        "items": release.items,
        "requirements": release.requirements,
        "action_plan": release.action_plan,
        "documents": documents,
    });
    if !release.packages.is_empty() {
        value["packages"] = json!(release.packages);
    }
    canonical::to_bytes(&value).unwrap_or_default()
}

/// The digest of each approval step's bytes, and of what each step asks sites to confirm.
pub(super) fn digests(template: &Template, release: &Release) -> BTreeMap<String, String> {
    let digest = |step: &Step| match step.kind {
        StepKind::Approval(_) => Some(canonical::digest(&bytes(template, release, step))),
        _ => asked_digest(template, release, step),
    };
    let steps = template.steps().map(|it| it.1);
    steps.filter_map(|step| Some((step.id.clone(), digest(step)?))).collect()
}

/// What a step asks sites to confirm: the digest of its document; of several documents, that of
/// the list of their digests. `None` while there is no document.
pub(crate) fn asked_digest(template: &Template, release: &Release, step: &Step) -> Option<String> {
    let documents: BTreeMap<&str, &str> = asks_about(template, step)
        .into_iter()
        .filter_map(|id| Some((id, release.run.documents.get(id)?.digest.as_str())))
        .collect();
    if documents.len() > 1 {
        let value = json!({ "what": "answer", "documents": documents });
        return Some(canonical::digest(&canonical::to_bytes(&value).unwrap_or_default()));
    }
    documents.into_values().next().map(str::to_owned)
}

/// Documents of the step itself and of everything it comes after.
fn documents_below<'a>(template: &'a Template, step: &'a Step) -> BTreeSet<&'a str> {
    let mut before: BTreeSet<&str> = BTreeSet::new();
    let mut queue = vec![step];
    while let Some(step) = queue.pop() {
        let phases = template.phases_before(step).iter().flat_map(|it| &it.steps);
        before.extend(phases.map(|it| it.id.as_str()));
        for id in step.after.iter().flatten() {
            if before.insert(id) {
                queue.extend(template.step(id));
            }
        }
    }
    let mut documents: BTreeSet<&str> = step.needs.iter().map(String::as_str).collect();
    documents.extend(step.produces.iter().map(|it| it.document.as_str()));
    for id in before {
        let Some(step) = template.step(id) else { continue };
        documents.extend(step.produces.iter().map(|it| it.document.as_str()));
        if let StepKind::Approval(spec) = &step.kind {
            documents.extend(
                spec.approvers.iter().flat_map(|it| &it.documents).map(|it| it.document.as_str()),
            );
        }
    }
    documents
}
