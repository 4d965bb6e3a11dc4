//! The server as its callers meet it: every route, in one process, over a store of its own.

mod access;
mod account;
mod calendar;
mod calls;
mod contact;
mod ddi;
mod described;
mod errors;
mod lists;
mod pages;
mod people;
mod plans;
mod processes;
mod products;
mod proxies;
mod review;
mod revisions;
mod rights;
mod settings;
mod story;
mod world;
