//! `demo`: the real engine over sample data, with a clock that runs fast and people who act by
//! themselves. Nothing leaves the machine: mail goes to a page.

mod actors;
mod data;
mod example;
mod fleet;
mod ledger;
mod opening;
mod organization;
mod world;

use crate::args::DemoArgs;
use crate::exit::{Code, Failure, Outcome};
use crate::listen::{HEAD_WITHIN, accept};
use crate::mail::OutboxPage;
use crate::output::{Output, print};
use crate::ports::{FastClock, Files, SeededRandom};
use crate::serve;
use actors::Actors;
use fleet::Fleet;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::auth::{LinkKind, NewLink};
use roadbook_app::ports::{Clock, Mailer, Ports, Random};
use roadbook_app::{App, Settings};
use roadbook_store::{Location, OpenOptions, Store, doctor};
use roadbook_web::WebOptions;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use world::World;

/// One second of the machine is five minutes of the demo.
const FACTOR: i64 = 300;
/// A sample day is looked at in pieces of this length.
const PIECE: SignedDuration = SignedDuration::from_hours(3);
/// Sample people act so often, in demo time: about every two seconds.
const PACE: Duration = Duration::from_mins(10);
/// The second release is opened so many days after the first.
const SECOND: u32 = 8;
/// The demo begins so many pieces after its first release, on the day after the go-live …
const BEGINS: u32 = 31 * 8 + 2;
/// … and so much later: a few seconds before the pilots have been quiet for long enough and the
/// second wave begins by itself.
const BEFORE: SignedDuration = SignedDuration::from_mins(150);
/// Sites that were behind get the version before; that is opened a day earlier …
const CATCH_UP: u32 = BEGINS - 8;
/// … and goes live so long after the demo began.
const CATCH_UP_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// Shows the product, or runs the script of its sample people to the end.
pub async fn run(args: DemoArgs, output: &Output) -> Outcome {
    let files = args.organization.as_deref().map(organization::named).transpose()?;
    let dir = tempfile::Builder::new().prefix("roadbook-demo-").tempdir()?;
    let path = dir.path().to_owned();
    output.say(&format!("roadbook {}: demo in {}", env!("CARGO_PKG_VERSION"), path.display()));
    let listener = serve::bind(args.listen).await?;
    let stage = Stage {
        base_url: format!("http://{}", listener.local_addr()?),
        program: fleet::find(args.agent.as_deref()),
        path,
    };
    let result = match (args.script, files) {
        (_, Some(files)) => Box::pin(organization::show(files, &stage, listener, output)).await,
        (Some(days), None) => {
            // Who names the program wants to see it work.
            if let (Some(_), Err(why)) = (&args.agent, &stage.program)
                && why != fleet::AS_ASKED
            {
                return Err(Failure::new(Code::Failed, why.clone()));
            }
            Box::pin(script(&stage, listener, days, output)).await
        }
        (None, None) => Box::pin(show(stage, listener, output)).await,
    };
    if args.keep {
        let kept = dir.keep();
        output.say(&format!("demo data kept in {}", kept.display()));
    } else {
        dir.close()?;
        output.say("demo data removed. Next: roadbook init");
    }
    result
}

/// Where it happens.
struct Stage {
    base_url: String,
    /// The agents' program, or why there are none.
    program: Result<PathBuf, String>,
    path: PathBuf,
}

/// A clock that stands until somebody looks, and chance that repeats.
fn time_and_chance() -> Result<(Arc<FastClock>, Arc<SeededRandom>), Failure> {
    let start: Timestamp = "2027-03-01T00:00:00Z"
        .parse()
        .map_err(|_| Failure::new(Code::Failed, "the demo's first day is no day"))?;
    Ok((Arc::new(FastClock::new(start, FACTOR)), Arc::new(SeededRandom::new(2027))))
}

/// The product over an empty store.
async fn app(
    stage: &Stage,
    clock: &Arc<FastClock>,
    random: &Arc<SeededRandom>,
    (organization, sender): (&str, &str),
) -> Result<App, Failure> {
    let drawn = Arc::clone(random);
    let options =
        OpenOptions::new(clock.now(), Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes)));
    let store = Store::open(&Location::Sqlite(stage.path.clone()), &options).await?;
    let port = Arc::clone(clock) as Arc<dyn Clock>;
    let ports = Ports {
        clock: port.clone(),
        random: Arc::clone(random) as Arc<dyn Random>,
        processes: Arc::new(Files),
        mailer: Arc::new(OutboxPage::new(port)) as Arc<dyn Mailer>,
    };
    let settings = Settings {
        base_url: stage.base_url.clone(),
        mail_from: sender.to_owned(),
        organization: organization.to_owned(),
        demo: true,
    };
    Ok(App::new(store, ports, settings))
}

/// The organization, and what its sites will install.
async fn make(stage: &Stage) -> Result<(World, ledger::Made), Failure> {
    let path = &stage.path;
    let (clock, random) = time_and_chance()?;
    let mut seed = [0; 40];
    random.fill(&mut seed);
    let made = ledger::make(path, &seed)?;
    let sender = "Hanbada Systems <releases@hanbada.example>";
    let app = app(stage, &clock, &random, ("Hanbada Systems", sender)).await?;
    let mut world = World::make(app, clock).await?;
    world.bring(&made).await?;
    Ok((world, made))
}

/// Lives through the days before the demo begins.
async fn live(world: &mut World, actors: &mut Actors) -> Result<usize, Failure> {
    let mut acts = 0;
    world.open_packaged().await?;
    for number in 0..BEGINS {
        if number == SECOND * 8 {
            world.open_upgrade().await?;
        }
        if number == CATCH_UP {
            let begins = world.app.now() + PIECE * (BEGINS - CATCH_UP) as i32;
            world.open_catch_up(begins + CATCH_UP_AFTER).await?;
        }
        acts += Box::pin(piece(world, actors, None)).await?;
    }
    Ok(acts)
}

/// Sites that were behind get the version before: by their agents, or by people.
async fn catch_up(world: &World, actors: &mut Actors, fleet: Option<&Fleet>) -> Outcome {
    let Some(id) = world.releases.last() else { return Ok(()) };
    world.clock.advance(CATCH_UP_AFTER);
    let lead = world.call(world.person(data::MANAGER)?).await?;
    for _ in 0..40 {
        world.app.tick().await?;
        if let Some(fleet) = fleet {
            fleet.settle(world).await?;
        }
        if let Err(failure) = Box::pin(actors.act(world, id, 64)).await {
            // The server looks after the same releases; whoever comes second comes again.
            tracing::debug!(what = failure.what, "sample people come again");
        }
        if world.app.release(&lead.actor, id).await?.release.run.is_ended() {
            return Ok(());
        }
    }
    let mut failure =
        Failure::new(Code::Failed, "sites that were behind did not get their version");
    for it in &actors.refused {
        failure = failure.hint(it.clone());
    }
    Err(failure)
}

/// Moves a piece of a day on and lets everybody act; gives how many acts there were.
async fn piece(
    world: &World,
    actors: &mut Actors,
    fleet: Option<&Fleet>,
) -> Result<usize, Failure> {
    world.clock.advance(PIECE);
    world.app.tick().await?;
    let mut acts = 0;
    for id in &world.releases {
        // What one act opens, the next can use: people do several things in three hours.
        for _ in 0..12 {
            // Agents begin at once, people take their time.
            if let Some(fleet) = fleet {
                fleet.settle(world).await?;
            }
            let done = Box::pin(actors.act(world, id, 64)).await?;
            acts += done;
            if done == 0 || done >= 64 {
                break;
            }
        }
    }
    world.app.tick().await?;
    Ok(acts)
}

/// Runs until the sample people, and agents where there are some, have carried every release through.
async fn script(stage: &Stage, listener: TcpListener, days: u32, output: &Output) -> Outcome {
    let (world, made) = make(stage).await?;
    let (stop, stopped) = watch::channel(false);
    let options = WebOptions { demo: true, ..WebOptions::default() };
    let router = roadbook_web::router(world.app.clone(), options);
    let server = tokio::spawn(accept(listener, router, stopped, HEAD_WITHIN));
    let mut fleet = Fleet::default();
    let result = Box::pin(story(stage, world, &made, &mut fleet, days, output)).await;
    fleet.end().await;
    let _ = stop.send(true);
    server.abort();
    result
}

async fn story(
    stage: &Stage,
    mut world: World,
    made: &ledger::Made,
    fleet: &mut Fleet,
    days: u32,
    output: &Output,
) -> Outcome {
    let mut actors = Actors::default();
    let mut acts = live(&mut world, &mut actors).await?;
    output.say(&format!("day {}: {acts} acts", BEGINS / 8));
    match &stage.program {
        Ok(program) => {
            fleet.start(program, stage, &world, made).await?;
            actors.agents = true;
        }
        Err(why) => output.say(&format!("no agents: {why}")),
    }
    let fleet = (!fleet.is_empty()).then_some(&*fleet);
    catch_up(&world, &mut actors, fleet).await?;
    agents_told(&world, fleet, "before the release", output).await?;
    for number in BEGINS..days * 8 {
        acts += Box::pin(piece(&world, &mut actors, fleet)).await?;
        if number % 8 == 0 {
            output.say(&format!("day {}: {acts} acts", number / 8 + 1));
        }
        if all_over(&world).await? {
            agents_told(&world, fleet, "after the release", output).await?;
            return summary(&world, acts, output).await;
        }
    }
    let mut failure =
        Failure::new(Code::Failed, format!("after {days} days a release is still under way"));
    for id in &world.releases {
        Box::pin(actors.act(&world, id, 0)).await?;
        let lead = world.call(world.person(data::MANAGER)?).await?;
        let view = world.app.release(&lead.actor, id).await?;
        for (step, waiting) in &view.waiting {
            if view.release.run.step_state(step).is_open() {
                failure = failure.hint(format!("{} {step}: {waiting:?}", view.release.number));
            }
        }
    }
    for it in &actors.refused {
        failure = failure.hint(it.clone());
    }
    Err(failure)
}

/// What directories and services say, beside what the record says.
async fn agents_told(world: &World, fleet: Option<&Fleet>, when: &str, output: &Output) -> Outcome {
    let Some(fleet) = fleet else { return Ok(()) };
    let (rows, faults) = fleet.rows(world).await?;
    output.say(&format!("{} agents, {when}:", rows.len()));
    let columns =
        [("site", "site"), ("link", "link"), ("service", "answers"), ("schema", "schema")];
    output.rows(&columns, &rows)?;
    if faults.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(Code::Findings, "a site is not what the record says");
    for it in faults {
        failure = failure.hint(it);
    }
    Err(failure)
}

async fn all_over(world: &World) -> Result<bool, Failure> {
    let lead = world.call(world.person(data::MANAGER)?).await?;
    for id in &world.releases {
        if !world.app.release(&lead.actor, id).await?.release.run.is_ended() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tells what the script did, and lets doctor and bundles say whether it can be true.
async fn summary(world: &World, acts: usize, output: &Output) -> Outcome {
    let lead = world.call(world.person(data::MANAGER)?).await?;
    let mut rows: Vec<Value> = Vec::new();
    let mut faults = Vec::new();
    for id in &world.releases {
        let view = world.app.release(&lead.actor, id).await?;
        let (_, bundle) = world.app.release_bundle(&lead.actor, id).await?;
        let check = roadbook_app::bundle::verify(&bundle, None);
        faults.extend(check.faults.iter().map(|it| format!("{}: {it}", view.release.number)));
        rows.push(json!({
            "number": view.release.number,
            "product": view.product.1,
            "version": view.release.version,
            "state": view.state,
            "sites": view.context.sites.succeeded,
            "rolled_back": view.context.sites.rolled_back,
            "entries": check.entries,
            "faults": check.faults.len(),
        }));
    }
    let columns = [
        ("release", "number"),
        ("product", "product"),
        ("version", "version"),
        ("state", "state"),
        ("sites updated", "sites"),
        ("taken back", "rolled_back"),
        ("entries", "entries"),
        ("faults", "faults"),
    ];
    output.rows(&columns, &rows)?;
    let inspector = world.app.inspector().await?;
    let checkup = doctor::examine(world.app.store(), world.app.now(), &inspector).await?;
    let found = checkup.findings.iter();
    faults.extend(found.map(|it| format!("{:?} {}: {}", it.invariant, it.place, it.what)));
    let mails = world.app.ports().mailer.kept().map_or(0, |it| it.len());
    output.say(&format!("{acts} acts, {mails} mails, today is {}", world.app.now()));
    if faults.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(Code::Findings, format!("{} finding(s)", faults.len()));
    for it in faults {
        failure = failure.hint(it);
    }
    Err(failure)
}

/// Releases under way, links for three people, and the clock runs.
async fn show(stage: Stage, listener: TcpListener, output: &Output) -> Outcome {
    let (mut world, made) = make(&stage).await?;
    let mut actors = Actors::default();
    actors.left.extend(["final_approval", "archive"].map(str::to_owned));
    actors.quiet.extend(world.sites.get(data::SITE).cloned());
    live(&mut world, &mut actors).await?;
    output.say(&format!(
        "seeded: {} products · {} sites · {} people · {} releases",
        world.products.len(),
        world.sites.len(),
        world.people.len(),
        world.releases.len()
    ));
    links(&world, &stage.base_url).await?;
    let app = world.app.clone();
    let fleet = Arc::new(Mutex::new(Fleet::default()));
    let (agents, said) = (Arc::clone(&fleet), output.clone());
    let people = tokio::spawn(async move {
        let begun = Box::pin(begin(&stage, &world, &made, &agents, &mut actors, &said)).await;
        if let Err(failure) = begun {
            said.say(&format!("the demo goes on without agents: {}", failure.what));
            agents.lock().await.end().await;
        }
        if let Err(failure) = Box::pin(act_on(&world, actors)).await {
            tracing::warn!(what = failure.what, "sample people do nothing more");
        }
    });
    let options = WebOptions { demo: true, ..WebOptions::default() };
    let result = serve::serve(app, listener, options).await;
    people.abort();
    let _ = people.await;
    fleet.lock().await.end().await;
    result
}
/// Starts the agents, and lets them bring their sites up to date while the clock stands.
async fn begin(
    stage: &Stage,
    world: &World,
    made: &ledger::Made,
    agents: &Mutex<Fleet>,
    actors: &mut Actors,
    output: &Output,
) -> Outcome {
    let mut fleet = agents.lock().await;
    match &stage.program {
        Ok(program) => {
            fleet.start(program, stage, world, made).await?;
            actors.agents = true;
            output.say(&format!(
                "agents: {} sites install {} for real, in {}",
                fleet.len(),
                ledger::BEFORE,
                stage.path.join("sites").display()
            ));
        }
        Err(why) => output.say(&format!("no agents: {why}")),
    }
    let there = (!fleet.is_empty()).then_some(&*fleet);
    catch_up(world, actors, there).await?;
    agents_said(there, output).await;
    Ok(())
}

async fn agents_said(fleet: Option<&Fleet>, output: &Output) {
    let Some(fleet) = fleet else { return };
    let seen = fleet.look().await;
    let run = seen.iter().filter(|it| it.answers == ledger::BEFORE).count();
    output.say(&format!(
        "agents: {run} sites run {}; 1.5 comes with the second wave",
        ledger::BEFORE
    ));
}

/// The clock runs, and sample people act whenever something waits for them.
async fn act_on(world: &World, mut actors: Actors) -> Outcome {
    for key in [data::MANAGER, data::ENGINEER] {
        actors.idle.insert(world.person(key)?.clone());
    }
    world.clock.advance(BEFORE - CATCH_UP_AFTER);
    print("demo clock: 1 s = 5 min · Ctrl-C ends it\n")?;
    world.clock.pause(false);
    loop {
        world.app.ports().clock.wait(PACE).await;
        for id in &world.releases {
            if let Err(failure) = Box::pin(actors.act(world, id, 1)).await {
                tracing::warn!(what = failure.what, "sample people could not act");
            }
        }
    }
}

/// One-time links, for whom and where to.
async fn links(world: &World, base_url: &str) -> Outcome {
    let day = SignedDuration::from_hours(24 * 400);
    let mut text = String::new();
    for (what, key) in [("manager", data::MANAGER), ("engineer", data::ENGINEER)] {
        let new = NewLink {
            person: Some(world.person(key)?.clone()),
            ..NewLink::new(LinkKind::SignIn, day, true)
        };
        let (_, secret) = world.app.link_create(new).await?;
        text += &format!("{what:<14} {base_url}/l/{secret}\n");
    }
    let new = NewLink {
        contact: world.contacts.get(data::SITE).cloned(),
        site: world.sites.get(data::SITE).cloned(),
        release: world.releases.first().cloned(),
        ..NewLink::new(LinkKind::Site, day, false)
    };
    let (_, secret) = world.app.link_create(new).await?;
    text += &format!("{:<14} {base_url}/p/{secret}\n", "customer site");
    print(&text)
}
