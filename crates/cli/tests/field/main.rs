//! Three organizations from their own lists carry a release from its application to the last site:
//! the real binary, the command line, a real mail server; weeks pass on a rehearsal clock.

#[path = "../it/http.rs"]
mod http;
mod office;
#[expect(dead_code, reason = "shared with the tests of single commands")]
#[path = "../it/roadbook.rs"]
mod roadbook;
mod story;
mod upgrade;
