//! What the texts of a notice may name, so that the checker and the writer agree.

/// A name that texts may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Name as written between braces.
    pub name: &'static str,
    /// What it holds.
    pub meaning: &'static str,
}

impl Variable {
    /// All names, for the page on which texts are written.
    pub const ALL: [Variable; 20] = [
        var("release.number", "number of the release"),
        var("release.product", "name of the product"),
        var("release.version", "version"),
        var("release.title", "title of the release"),
        var("release.go_live", "go-live, in the recipient's zone and language"),
        var("release.go_live_end", "planned end of the go-live"),
        var("release.downtime", "for how long the service was stopped; empty until it is back"),
        var("changes", "all changes, one a line"),
        var("new_features", "changes with the purpose `feature`"),
        var("improvements", "all other changes"),
        var("requirements", "system requirements"),
        var("prepare", "what the recipient's own unit has to prepare"),
        var("upgrade_guide_url", "where the upgrade guide is"),
        var("notes_url", "where the release notes are"),
        var("recipient.name", "name of the recipient"),
        var("site.name", "site of the contact; empty for others"),
        var("site_url", "the site's own page; empty for others"),
        var("receipt_url", "where the recipient confirms having read it"),
        var("correction.old", "the date that was told before"),
        var("correction.new", "the date that holds now"),
    ];
}

const fn var(name: &'static str, meaning: &'static str) -> Variable {
    Variable { name, meaning }
}

/// Blocks from which a notice without a body is built.
pub const BLOCKS: [&str; 11] = [
    "schedule",
    "new_features",
    "improvements",
    "changes",
    "main_changes",
    "requirements",
    "prepare",
    "upgrade_guide",
    "how_to_upgrade",
    "notes",
    "release_notes",
];
