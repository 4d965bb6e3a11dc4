//! What the lead of a run does on a stage.

use crate::stage::Stage;
use jiff::SignedDuration;
use roadbook_core::run::Command;

impl Stage {
    pub fn done(&mut self, step: &str) {
        self.act_as("lead", Command::Done { step: step.to_owned(), remark: String::new() });
    }

    pub fn tick(&mut self, after: SignedDuration) {
        self.ctx.now += after;
        self.act_as("lead", Command::Tick);
    }

    pub fn state(&self, step: &str) -> &'static str {
        self.run.step_state(step).name()
    }
}
