//! The server as its callers meet it: every route, in one process, over a store of its own.

mod access;
mod account;
mod calls;
mod described;
mod pages;
mod plans;
mod products;
mod settings;
mod world;
