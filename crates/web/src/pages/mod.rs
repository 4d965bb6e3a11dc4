//! Pages. The views hold what they look like; the routes load what they show.

pub mod view;
