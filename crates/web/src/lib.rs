//! HTTP API and server-rendered pages.

pub mod i18n;
pub mod pages;
pub mod ui;
