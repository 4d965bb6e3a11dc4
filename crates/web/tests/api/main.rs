//! The server as its callers meet it: every route, in one process, over a store of its own.

mod access;
mod calls;
mod described;
mod pages;
mod world;
