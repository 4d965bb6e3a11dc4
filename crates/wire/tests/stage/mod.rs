//! A run on a stage: a process, people who hold its roles, and a clock that stands.

use jiff::Timestamp;
use roadbook_core::ids::{IdSeed, PersonId};
use roadbook_core::process::template::Template;
use roadbook_core::run::{Actor, Command, Context, Decision, Refusal, Run, decide};

/// A person by the name of what they are.
pub fn person(name: &str) -> PersonId {
    let fold = |sum: u128, it: u8| sum.wrapping_mul(131).wrapping_add(u128::from(it));
    PersonId::new(IdSeed { millis: 1, random: name.bytes().fold(7, fold) })
}

/// A process as its author wrote it; what is wrong with it fails the test.
pub fn read(text: &str) -> Template {
    let parsed = roadbook_wire::process::parse("test.toml", text);
    parsed.unwrap_or_else(|list| panic!("{}", list[0])).template
}

/// A run with what its decisions depend on.
pub struct Stage {
    pub template: Template,
    pub run: Run,
    pub ctx: Context,
}

impl Stage {
    /// A run that has not started. Each role is held by a person of its name; the lead asks.
    pub fn set(template: Template) -> Stage {
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().expect("time");
        let mut ctx = Context::bare(now, Actor::Person(person("lead")), person("lead"));
        ctx.holders =
            template.roles.iter().map(|it| (it.id.clone(), vec![person(&it.id)])).collect();
        Stage { run: Run::draft(&template.id, 1), template, ctx }
    }

    pub fn try_as(&mut self, who: &str, command: Command) -> Result<Decision, Refusal> {
        self.ctx.actor = Actor::Person(person(who));
        let decision = decide(&self.template, &self.run, &command, &self.ctx)?;
        self.run = decision.run.clone();
        Ok(decision)
    }

    pub fn act_as(&mut self, who: &str, command: Command) -> Decision {
        let told = format!("{who}: {command:?}");
        self.try_as(who, command).unwrap_or_else(|refusal| panic!("{told}: {refusal:?}"))
    }
}
