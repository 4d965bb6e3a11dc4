//! HTTP API and server-rendered pages.

pub mod api;
pub mod ddi;
pub mod http;
pub mod i18n;
pub mod pages;
pub mod routes;
pub mod server;
pub mod ui;

pub use server::{WebOptions, router};
