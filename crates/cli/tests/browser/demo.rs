//! The demo, as `make demo` starts it.

use crate::screen::roadbook;
use roadbook_testkit::process::Running;
use std::process::Command;
use std::time::Duration;

/// A running demo and its one-time links.
pub struct Demo {
    pub url: String,
    pub manager: String,
    pub site: String,
    running: Option<Running>,
}

impl Demo {
    pub fn start() -> Demo {
        let mut command = Command::new(roadbook());
        command.args(["demo", "--listen", "127.0.0.1:0"]);
        let mut running = Running::spawn(command);
        // Thirty days are lived through before the first page.
        let limit = Duration::from_mins(4);
        let mut link = |who: &str| running.wait_line(who, limit);
        let manager = link("manager ");
        let site = link("customer site ");
        let url = running.wait_line("listening on ", limit);
        Demo { url, manager, site, running: Some(running) }
    }

    /// Waits until its agents have installed what they run before the release, and its clock moves.
    pub fn moves(&mut self) {
        let running = self.running.as_mut().expect("it runs until it is dropped");
        running.wait_line("demo clock", Duration::from_mins(4));
    }

    /// What it said.
    pub fn log(&self) -> String {
        self.running.as_ref().map(Running::log).unwrap_or_default()
    }
}

impl Drop for Demo {
    /// Asked to end, it ends its agents and their services with itself.
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.terminate();
        }
    }
}
