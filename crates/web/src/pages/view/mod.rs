//! Views: pure functions from what a page shows to markup. They load nothing.

pub mod action;
pub mod agent;
pub mod calendar;
pub mod compare;
pub mod home;
pub mod keys;
pub mod migration;
pub mod package;
pub mod plan;
pub mod process;
pub mod process_edit;
pub mod product;
pub mod release;
pub mod rollout;
pub mod settings;
pub mod simulate;
pub mod site;
pub mod site_own;
pub mod sites;
pub mod start;
pub mod step;
