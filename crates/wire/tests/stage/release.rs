//! A release with one change, for rules that look at what changes.

use crate::stage::person;
use jiff::Timestamp;
use roadbook_core::ids::{IdSeed, ProductId, ReleaseId};
use roadbook_core::release::{Application, ChangeItem, Mode, Release};
use roadbook_core::run::Run;
use roadbook_core::text::Text;
use std::collections::BTreeMap;

/// A planned release of a process, of this kind, with this change.
pub fn of(process: &str, kind: &str, item: ChangeItem) -> Release {
    Release {
        id: ReleaseId::new(IdSeed { millis: 1, random: 1 }),
        subject: Default::default(),
        origin: None,
        number: "R-2026-0001".to_owned(),
        product: ProductId::new(IdSeed { millis: 1, random: 2 }),
        version: "1.0.0".to_owned(),
        title: "Spring".to_owned(),
        kind: kind.to_owned(),
        mode: Mode::Planned,
        mode_reason: String::new(),
        purposes: Vec::new(),
        application: Application {
            applicant: person("support"),
            unit: None,
            at: Timestamp::UNIX_EPOCH,
            content: "more".to_owned(),
        },
        project: None,
        items: vec![item],
        requirements: Text::default(),
        prepare: Vec::new(),
        lead: person("lead"),
        roles: BTreeMap::new(),
        sites: 0,
        related: Vec::new(),
        special_need: Vec::new(),
        action_plan: Vec::new(),
        packages: Vec::new(),
        editors: Vec::new(),
        run: Run::draft(process, 1),
        generation: 1,
    }
}
