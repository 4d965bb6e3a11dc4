//! `roadbook-agent`: the program at a site.

fn main() {}
