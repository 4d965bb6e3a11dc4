//! `cargo run --release -p roadbook-wire --example advance`: how long one command takes that moves
//! a run of sixty steps on, in microseconds. A fifth of a millisecond is the limit.

use jiff::Timestamp;
use roadbook_core::ids::{IdSeed, PersonId};
use roadbook_core::run::{Actor, Command, Context, Member, MemberAct, Run, decide};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const STEPS: usize = 60;
const MEMBERS: usize = 50;
const LIMIT: Duration = Duration::from_micros(200);

/// Six phases of ten steps, each after the one before it, every tenth for each change.
fn process() -> String {
    let mut text = "format = 1\nid = \"bench/sixty\"\nsubject = \"release\"\ntitle = \"Sixty\"\n\
                    [[role]]\nid = \"lead\"\ntitle = \"Lead\"\n"
        .to_owned();
    for step in 0..STEPS {
        if step % 10 == 0 {
            let phase = step / 10;
            let _ = writeln!(text, "[[phase]]\nid = \"p{phase}\"\ntitle = \"Phase {phase}\"");
        }
        let each = if step % 10 == 9 { "each = \"change_item\"\n" } else { "" };
        let after = match step % 10 {
            0 => String::new(),
            _ => format!("after = [\"s{}\"]\n", step - 1),
        };
        let _ = write!(
            text,
            "[[phase.step]]\nid = \"s{step}\"\nkind = \"task\"\nrole = \"lead\"\n{each}{after}"
        );
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "it measures how long a command takes")]
fn main() -> ExitCode {
    let Ok(parsed) = roadbook_wire::process::parse("sixty.toml", &process()) else {
        println!("the process does not read");
        return ExitCode::FAILURE;
    };
    let lead = PersonId::new(IdSeed { millis: 1, random: 1 });
    let mut ctx = Context::bare(Timestamp::UNIX_EPOCH, Actor::Person(lead.clone()), lead.clone());
    ctx.holders = BTreeMap::from([("lead".to_owned(), vec![lead])]);
    let change = |n: usize| Member { id: format!("c{n:03}"), label: format!("Change {n}") };
    ctx.lists.insert("change_item".to_owned(), (0..MEMBERS).map(change).collect());
    let mut run = Run::draft("bench/sixty", 1);
    let mut commands = vec![Command::Start];
    for step in 0..STEPS {
        let id = format!("s{step}");
        if step % 10 == 9 {
            commands.extend((0..MEMBERS).map(|n| Command::Member {
                step: id.clone(),
                member: format!("c{n:03}"),
                act: MemberAct::Done { remark: String::new() },
            }));
        } else {
            commands.push(Command::Done { step: id, remark: String::new() });
        }
    }
    let (mut all, mut longest) = (Duration::ZERO, Duration::ZERO);
    for command in &commands {
        let begin = Instant::now();
        let decided = decide(&parsed.template, &run, command, &ctx);
        let took = begin.elapsed();
        (all, longest) = (all + took, longest.max(took));
        match decided {
            Ok(decision) => run = decision.run,
            Err(refusal) => {
                println!("{command:?}: {refusal}");
                return ExitCode::FAILURE;
            }
        }
    }
    let mean = all / u32::try_from(commands.len()).unwrap_or(1);
    println!(
        "{STEPS} steps, {} commands: {} us each, the longest {} us",
        commands.len(),
        mean.as_micros(),
        longest.as_micros()
    );
    if mean <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
