//! `demo`: the real engine over sample data, with a clock that runs fast and people who act by
//! themselves. Nothing leaves the machine: mail goes to a page.

mod actors;
mod data;
mod world;

use crate::args::DemoArgs;
use crate::exit::{Code, Failure, Outcome};
use crate::mail::OutboxPage;
use crate::output::{Output, print};
use crate::ports::{FastClock, Files, SeededRandom};
use crate::serve;
use actors::Actors;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::auth::{LinkKind, NewLink};
use roadbook_app::ports::{Clock, Mailer, Ports, Random};
use roadbook_app::{App, Settings};
use roadbook_store::{Location, OpenOptions, Store, doctor};
use roadbook_web::WebOptions;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
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

/// Shows the product, or runs the script of its sample people to the end.
pub async fn run(args: DemoArgs, output: &Output) -> Outcome {
    let dir = tempfile::Builder::new().prefix("roadbook-demo-").tempdir()?;
    let path = dir.path().to_owned();
    output.say(&format!("roadbook {}: demo in {}", env!("CARGO_PKG_VERSION"), path.display()));
    let listener = serve::bind(args.listen).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let result = match args.script {
        Some(days) => Box::pin(script(&path, &base_url, days, output)).await,
        None => Box::pin(show(&path, &base_url, listener, output)).await,
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

async fn make(path: &Path, base_url: &str) -> Result<World, Failure> {
    let start: Timestamp = "2027-03-01T00:00:00Z"
        .parse()
        .map_err(|_| Failure::new(Code::Failed, "the demo's first day is no day"))?;
    let clock = Arc::new(FastClock::new(start, FACTOR));
    clock.pause(true);
    let random = Arc::new(SeededRandom::new(2027));
    let drawn = Arc::clone(&random);
    let options =
        OpenOptions::new(clock.now(), Arc::new(move |bytes: &mut [u8]| drawn.fill(bytes)));
    let store = Store::open(&Location::Sqlite(path.to_owned()), &options).await?;
    let port = Arc::clone(&clock) as Arc<dyn Clock>;
    let ports = Ports {
        clock: port.clone(),
        random,
        processes: Arc::new(Files),
        mailer: Arc::new(OutboxPage::new(port)) as Arc<dyn Mailer>,
    };
    let settings = Settings {
        base_url: base_url.to_owned(),
        mail_from: "Hanbada Systems <releases@hanbada.example>".to_owned(),
        organization: "Hanbada Systems".to_owned(),
        demo: true,
    };
    World::make(App::new(store, ports, settings), clock).await
}

/// Moves a piece of a day on and lets everybody act; gives how many acts there were.
async fn piece(world: &World, actors: &mut Actors, most: usize) -> Result<usize, Failure> {
    world.clock.advance(PIECE);
    world.app.tick().await?;
    let mut acts = 0;
    for id in &world.releases {
        // What one act opens, the next can use: people do several things in three hours.
        for _ in 0..12 {
            let done = Box::pin(actors.act(world, id, most)).await?;
            acts += done;
            if done == 0 || done >= most {
                break;
            }
        }
    }
    world.app.tick().await?;
    Ok(acts)
}

/// Runs until the sample people have carried every release through.
async fn script(path: &Path, base_url: &str, days: u32, output: &Output) -> Outcome {
    let mut world = make(path, base_url).await?;
    let mut actors = Actors::default();
    world.open_packaged().await?;
    let mut acts = 0;
    for number in 0..days * 8 {
        if number == SECOND * 8 {
            world.open_upgrade().await?;
        }
        acts += Box::pin(piece(&world, &mut actors, 64)).await?;
        if number % 8 == 0 {
            output.say(&format!("day {}: {acts} acts", number / 8 + 1));
        }
        if world.releases.len() == 2 && all_over(&world).await? {
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

/// Two releases under way, links for three people, and the clock runs.
async fn show(path: &Path, base_url: &str, listener: TcpListener, output: &Output) -> Outcome {
    let mut world = make(path, base_url).await?;
    let mut actors = Actors::default();
    actors.left.extend(["final_approval", "archive"].map(str::to_owned));
    actors.quiet.extend(world.sites.get(data::SITE).cloned());
    world.open_packaged().await?;
    for number in 0..BEGINS {
        if number == SECOND * 8 {
            world.open_upgrade().await?;
        }
        Box::pin(piece(&world, &mut actors, 64)).await?;
    }
    world.clock.advance(BEFORE);
    world.app.tick().await?;
    for key in [data::MANAGER, data::ENGINEER] {
        actors.idle.insert(world.person(key)?.clone());
    }
    output.say(&format!(
        "seeded: {} products · {} sites · {} people · {} releases",
        world.products.len(),
        world.sites.len(),
        world.people.len(),
        world.releases.len()
    ));
    links(&world, base_url).await?;
    output.say("demo clock: 1 s = 5 min · Ctrl-C ends it");
    world.clock.pause(false);
    let app = world.app.clone();
    let people = tokio::spawn(async move {
        loop {
            world.app.ports().clock.wait(PACE).await;
            for id in &world.releases {
                if let Err(failure) = Box::pin(actors.act(&world, id, 1)).await {
                    tracing::warn!(what = failure.what, "sample people could not act");
                }
            }
        }
    });
    let result =
        serve::serve(app, listener, WebOptions { demo: true, ..WebOptions::default() }).await;
    people.abort();
    let _ = people.await;
    result
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
