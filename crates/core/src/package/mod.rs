//! Packages: what a site installs, what its signer promises, and when a site may trust it.
//!
//! Two signatures stand behind every installation. The *release keys*, which never lie on a
//! server, say what a package is; the *director*, a key of the server, says which site may install
//! it and until when. An agent demands both, so that neither alone can put code on a site.

mod fit;
mod form;
mod judge;
mod refusal;
mod types;

pub use fit::{NoFit, fitting};
pub use form::{Fault, form_of, form_of_order, form_of_root, is_clean_path, is_key_id};
pub use judge::{OrderPlace, Place, Signer, When, judge, judge_fit, judge_order, judge_root};
pub use refusal::Refusal;
pub use types::{
    Aspect, Check, FileEntry, Hook, Hooks, Manifest, Order, OrderKind, Parameter, Platform, Retry,
    TrustRoot,
};

#[cfg(test)]
mod tests;
