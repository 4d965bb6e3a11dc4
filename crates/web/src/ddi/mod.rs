//! The direct device integration API: how agents and other update clients talk to the server.
//!
//! It has its own door: a token of one site in the head, no cookies, no keys of idempotency (the
//! same message twice is one), unknown members ignored, and statuses as those clients expect them.

mod answer;
mod consent;
mod deploy;
mod files;
mod poll;

use crate::routes::{Access, Endpoint, get, post, put};

/// The way to the routes of one site.
macro_rules! site {
    ($rest:literal) => {
        concat!("/DEFAULT/controller/v1/{site}", $rest)
    };
}

/// All routes of agents.
pub fn endpoints() -> Vec<Endpoint> {
    let list = vec![
        get(site!(""), "ddi_poll", poll::poll).says("What there is to do."),
        put(site!("/configData"), "ddi_facts", poll::facts).says("Facts about the machine."),
        get(site!("/deploymentBase/{action}"), "ddi_deployment", deploy::deployment)
            .says("The order to install."),
        post(site!("/deploymentBase/{action}/feedback"), "ddi_feedback", deploy::feedback)
            .says("What came of it."),
        get(site!("/cancelAction/{action}"), "ddi_cancel", deploy::cancel)
            .says("The order to stop."),
        post(site!("/cancelAction/{action}/feedback"), "ddi_cancel_feedback", deploy::canceled)
            .says("Whether it was stopped."),
        get(site!("/installedBase/{action}"), "ddi_installed", deploy::installed)
            .says("What was installed last."),
        put(site!("/installedBase"), "ddi_declare", deploy::declare).says("Which version runs."),
        get(site!("/confirmationBase"), "ddi_consent", consent::state)
            .says("Whether the site agrees to everything, and what waits."),
        get(site!("/confirmationBase/{action}"), "ddi_to_confirm", consent::show)
            .says("The order that waits for the site."),
        post(site!("/confirmationBase/{action}/feedback"), "ddi_confirm", consent::answer)
            .says("The site agrees, or not."),
        post(site!("/confirmationBase/activateAutoConfirm"), "ddi_auto_on", consent::on)
            .says("The site agrees to everything."),
        post(site!("/confirmationBase/deactivateAutoConfirm"), "ddi_auto_off", consent::off)
            .says("The site wants to be asked again."),
        get(site!("/softwaremodules/{action}/artifacts"), "ddi_files", files::list)
            .says("The files of an order."),
        get(site!("/softwaremodules/{action}/artifacts/{file}"), "ddi_file", files::download)
            .says("A file of an order, or its checksum."),
    ];
    list.into_iter().map(|it| it.access(Access::Agent)).collect()
}
