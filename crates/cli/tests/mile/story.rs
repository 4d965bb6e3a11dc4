//! The story: version 1 comes to every site, version 2 through every fault, version 3 fails at one
//! site and is taken back by people, version 4 hangs.

use crate::office::Office;
use crate::way::{LEAD, Plan, Process, Release};
use crate::world::{CUT_OFF, DAMAGED, FIRST, FULL, KILLED, ODD, TAKEN_BACK, World, blob, refused};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// When each version is applied for, and its slot, which lies in the window of a Thursday.
const TIMES: [(&str, (&str, &str)); 4] = [
    ("2031-09-08T03:00:00Z", ("2031-10-09T12:00:00Z", "2031-10-09T15:00:00Z")),
    ("2031-10-30T03:00:00Z", ("2031-11-27T12:00:00Z", "2031-11-27T15:00:00Z")),
    ("2031-12-29T03:00:00Z", ("2032-01-22T12:00:00Z", "2032-01-22T15:00:00Z")),
    ("2032-02-23T03:00:00Z", ("2032-03-25T12:00:00Z", "2032-03-25T15:00:00Z")),
];

pub fn tell(process: Process, database: Option<String>) {
    let mut world = World::make(process, database);
    first(&mut world);
    second(&mut world);
    versions_are_known(&mut world);
    third(&mut world);
    fourth(&mut world);
    for site in &world.sites {
        site.doctor();
    }
    let (sites, agents, struck) = (world.keys_of_all().len(), world.sites.len(), &world.struck);
    println!("inputs: {sites} sites, {agents} agents, {} faults struck", struck.len());
    println!("faults: {}", struck.join(", "));
    assert_eq!((sites, agents), (200, 10));
    assert_eq!(struck.len(), 9, "{struck:?}");
    drop(std::mem::take(&mut world.sites));
    world.office.close();
}

impl World {
    fn open(&mut self, nth: usize, version: &str, sites: &[String]) -> Release {
        let (name, sha256) = self.package(version);
        let package = (name.to_owned(), sha256.to_owned());
        let plan = Plan {
            process: self.process,
            version,
            package: (&package.0, &package.1),
            sites,
            applied: TIMES[nth].0,
            slot: TIMES[nth].1,
        };
        Release::open(&mut self.office, &plan)
    }

    /// Waits until a site runs a version and has said so, or went back to it.
    fn until_closed(&mut self, release: &Release, indexes: &[usize], at: &str) {
        for index in indexes {
            let key = self.sites[*index].key.clone();
            let sites = &self.sites;
            self.office.until(&format!("{key} is {at}"), |office| {
                let found = standing(office, release, &key);
                sites[*index].wake();
                (found["at"] == at).then_some(())
            });
        }
    }

    fn all_run(&self, what: &str, indexes: &[usize], version: &str) {
        for index in indexes {
            assert_eq!(self.sites[*index].check(what), version, "{what}: {index}");
        }
    }

    /// The wave under way is quiet for long enough, and the next one begins.
    fn soak(&mut self, release: &Release) {
        if self.process == Process::Vendor {
            until_state(&mut self.office, release, "soaking");
            let after = release.slot.0 + SignedDuration::from_hours(30);
            self.office.at(&after.to_string());
        }
        self.office.until("the second wave", |office| {
            (rollout(office, release)["wave"] == 2).then_some(())
        });
    }
}

/// The rollout of a release as anybody sees it.
fn rollout(office: &mut Office, release: &Release) -> Value {
    release.must(office, LEAD, ("GET", "rollout"), Value::Null)
}

/// A site in the rollout of a release.
fn standing(office: &mut Office, release: &Release, site: &str) -> Value {
    let rest = format!("rollout/sites?text={site}");
    let found = release.must(office, LEAD, ("GET", &rest), Value::Null);
    found["rows"][0].clone()
}

fn until_state(office: &mut Office, release: &Release, state: &str) -> Value {
    office.until(state, |office| {
        let line = rollout(office, release);
        (line["state"] == state).then_some(line)
    })
}

const ALL: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const PILOTS: [usize; FIRST] = [0, 1, 2, 3, 4, 5];
const LATER: [usize; 4] = [6, 7, 8, 9];

/// Version 1 comes to the sites with agents and to two others. The file is damaged where the server
/// keeps it: it is not given out before it is whole again.
fn first(world: &mut World) {
    let mut sites: Vec<String> = world.sites.iter().map(|it| it.key.clone()).collect();
    let by_hand = vec![world.pilots[0].clone(), world.others[0].clone()];
    sites.extend(by_hand.iter().cloned());
    let release = world.open(0, "1.0.0", &sites);
    let sha256 = world.package("1.0.0").1.to_owned();
    let path = blob(&mut world.office, &sha256);
    let whole = std::fs::read(&path).expect("a file");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    overwrite(&path, &damaged);
    for site in &mut world.sites {
        site.start();
    }
    let sites = &world.sites;
    world.office.until("agents meet the damaged file", |_| {
        let waits = |it: &crate::site::Site| it.log().contains("500");
        PILOTS.iter().all(|it| waits(&sites[*it])).then_some(())
    });
    assert!(world.sites.iter().all(|it| it.version().is_none()), "nothing of it is installed");
    world.strike("damaged where it is kept");
    overwrite(&path, &whole);
    world.until_closed(&release, &PILOTS, "installed");
    release.report(&mut world.office, &by_hand[..1], "installed");
    world.soak(&release);
    world.until_closed(&release, &LATER, "installed");
    release.report(&mut world.office, &by_hand[1..], "installed");
    world.all_run("version 1", &ALL, "1.0.0");
    until_state(&mut world.office, &release, "finished");
    release.close(&mut world.office, "success");
    world.upload_another_first();
}

/// Blobs are read-only.
fn overwrite(path: &std::path::Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    let writable = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, writable).expect("ours");
    std::fs::write(path, bytes).expect("written");
}

/// Version 2 comes to everybody, through every fault.
fn second(world: &mut World) {
    let sites = world.keys_of_all();
    for index in [KILLED, CUT_OFF, FULL, DAMAGED] {
        world.sites[index].stop();
    }
    let release = world.open(1, "2.0.0", &sites);
    killed(world);
    cut_off(world);
    full(world, &release);
    damaged_on_the_way(world);
    world.until_closed(&release, &PILOTS, "installed");
    world.all_run("version 2", &PILOTS, "2.0.0");
    world.all_run("version 2 is for the pilots only", &LATER, "1.0.0");
    taken_back(world, &release);
    let pilots = world.pilots.clone();
    release.report(&mut world.office, &pilots, "installed");
    world.soak(&release);
    world.until_closed(&release, &LATER, "installed");
    world.all_run("version 2", &ALL, "2.0.0");
    let others = world.others.clone();
    release.report(&mut world.office, &others, "installed");
    until_state(&mut world.office, &release, "finished");
    // A clock that is years behind has struck all along: orders were dated by the director.
    world.strike("a clock that is years behind");
    release.close(&mut world.office, "success");
}

/// Where an agent is while it changes its site.
const BEGUN: [&str; 6] = ["backup", "install", "configure", "migrate", "switch", "verify"];

/// Dies in the middle of the installation, and goes on where it was.
fn killed(world: &mut World) {
    let site = &mut world.sites[KILLED];
    let mut deaths = Vec::new();
    for from in [0, 3, 5] {
        site.start();
        let at = world.office.until("the installation is under way", |_| {
            let stage = site.stage("2.0.0").unwrap_or_default();
            let over = site.version().as_deref() == Some("2.0.0") && stage.is_empty();
            (BEGUN[from..].contains(&stage.as_str()) || over).then_some(stage)
        });
        site.kill();
        deaths.extend((!at.is_empty()).then_some(at));
    }
    assert!(!deaths.is_empty(), "it was never killed in the middle");
    site.start();
    world.strike("killed in the middle");
}

/// The network ends when the installation has begun: it goes on by itself, and tells it later.
fn cut_off(world: &mut World) {
    let site = &mut world.sites[CUT_OFF];
    site.start();
    world.office.until("it has begun", |_| {
        let stage = site.stage("2.0.0");
        stage.is_some_and(|it| BEGUN.contains(&it.as_str())).then_some(())
    });
    let proxy = site.proxy.as_ref().expect("a way of its own");
    proxy.cut();
    world.office.until("it is through, and nobody hears it", |_| {
        site.wake();
        let done = site.version().as_deref() == Some("2.0.0") && site.stage("2.0.0").is_none();
        (done && proxy.refused() > 0).then_some(())
    });
    let site = &world.sites[CUT_OFF];
    assert!(!site.journal()["reports"].as_array().expect("reports").is_empty());
    site.proxy.as_ref().expect("a way of its own").mend();
    site.wake();
    world.strike("cut off in the middle");
}

/// There is no room for the package: it waits, says so, and goes on when there is.
fn full(world: &mut World, release: &Release) {
    let (name, _) = world.package("2.0.0");
    let room = std::fs::metadata(world.out.join("a").join(name)).expect("a package").len();
    world.sites[FULL].start_without_room(room - 4_096);
    let key = world.sites[FULL].key.clone();
    let note = world.office.until("it says that there is no room", |office| {
        let found = standing(office, release, &key);
        let note = found["note"].as_str().unwrap_or_default().to_owned();
        let said = ["no room", "cannot be kept", "cannot be unpacked"];
        said.iter().any(|it| note.contains(it)).then_some(note)
    });
    assert_eq!(world.sites[FULL].check(&note), "1.0.0");
    world.sites[FULL].make_room();
    world.strike("the disk was full");
}

/// A byte of what is fetched is changed on the way: it is seen, and fetched anew.
fn damaged_on_the_way(world: &mut World) {
    let site = &mut world.sites[DAMAGED];
    let proxy = site.proxy.as_ref().expect("a way of its own");
    proxy.damage(1);
    site.start();
    let proxy = site.proxy.as_ref().expect("a way of its own");
    world.office.until("a file is damaged", |_| (proxy.damaged() == 1).then_some(()));
    world.strike("damaged on the way");
}

/// People take one site back: it runs the very package that it ran before, with the data of then.
fn taken_back(world: &mut World, release: &Release) {
    let (index, office) = (TAKEN_BACK, &mut world.office);
    let site = &world.sites[index];
    site.enter("after the update");
    assert_eq!(site.health()["entries"], 4);
    let body = json!({ "site": site.key, "reason": "the office asked for it" });
    let preview = format!("rollout/rollback?site={}", site.key);
    let preview = release.must(office, LEAD, ("GET", &preview), Value::Null);
    assert_eq!((&preview["total"], &preview["sites"][0]["to"]), (&json!(1), &json!("1.0.0")));
    assert_eq!(preview["loses"]["en"], "entries made since the update", "{preview}");
    release.must(office, LEAD, ("POST", "rollout/rollback"), body);
    world.until_closed(release, &[index], "rolled_back");
    let site = &world.sites[index];
    assert_eq!(site.check("taken back"), "1.0.0");
    assert_eq!(site.health()["entries"], 3, "what came since is gone, as was said");
    // Nothing goes on by itself before somebody says so.
    let why = json!({ "reason": "it works now" });
    let resume = format!("/releases/{}/rollout/resume", release.number);
    refused(&mut world.office, LEAD, &resume, &why, "rollout_must_lift");
    release.must(&mut world.office, LEAD, ("POST", "rollout/lift"), why);
    again(world, release, index);
    world.until_closed(release, &[index], "installed");
    assert_eq!(world.sites[index].check("once more"), "2.0.0");
}

fn again(world: &mut World, release: &Release, index: usize) {
    let body = json!({ "site": world.sites[index].key, "reason": "once more" });
    release.must(&mut world.office, LEAD, ("POST", "rollout/retry"), body);
}

/// The new version is known from the agent, and what ran before stays known.
fn versions_are_known(world: &mut World) {
    for site in &world.sites {
        let shown = world.office.must(LEAD, "GET", &format!("/sites/{}", site.key), Value::Null);
        let now = &shown["versions"][0];
        assert_eq!((&now["version"], &now["source"]), (&json!("2.0.0"), &json!("agent")), "{now}");
        let then = format!("/matrix?text={}&as_of={}", site.key, TIMES[1].0);
        let then = world.office.must(LEAD, "GET", &then, Value::Null);
        assert_eq!(then["rows"][0]["cells"][0]["version"], "1.0.0", "{then}");
    }
    let query = "/deployments?product=ledger&version=2.0.0&outcome=installed&limit=200";
    let found = world.office.must(LEAD, "GET", query, Value::Null);
    let rows = found["rows"].as_array().expect("rows");
    let agents = rows.iter().filter(|it| it["source"] == "agent").count();
    assert_eq!((rows.len(), agents), (200, 10), "{found}");
}

/// Version 3 fails its check at one site, after others have it: everything halts. People take the
/// wave back, leave that site out, and go on.
fn third(world: &mut World) {
    world.rotate_keys();
    world.sites[ODD].stop();
    let sites = world.keys_of_all();
    let release = world.open(2, "3.0.0", &sites);
    let good = &PILOTS[..ODD];
    world.until_closed(&release, good, "installed");
    world.all_run("version 3", good, "3.0.0");
    world.strike("the release key was replaced");
    let by_hand = world.pilots[..3].to_vec();
    release.report(&mut world.office, &by_hand, "installed");
    world.sites[ODD].start();
    let halted = until_state(&mut world.office, &release, "halted");
    assert_eq!((&halted["code"], &halted["halt"]["wave"]), (&json!("failed"), &json!(1)));
    assert_eq!(halted["if_nobody_acts"]["what"], "stays", "{halted}");
    assert_eq!(world.sites[ODD].check("its check failed"), "2.0.0", "it went back by itself");
    world.strike("a check failed at one site");
    wave_back(world, &release, good, &by_hand);
    // On again, without the site where it does not work.
    let why = json!({ "reason": "only one site is odd" });
    release.must(&mut world.office, LEAD, ("POST", "rollout/lift"), why);
    let skip = json!({ "site": world.sites[ODD].key, "reason": "its locale is not known" });
    release.must(&mut world.office, LEAD, ("POST", "rollout/skip"), skip);
    for index in good {
        again(world, &release, *index);
    }
    for site in &by_hand {
        let body = json!({ "site": site, "reason": "once more" });
        release.must(&mut world.office, LEAD, ("POST", "rollout/retry"), body);
    }
    world.until_closed(&release, good, "installed");
    let pilots = world.pilots.clone();
    release.report(&mut world.office, &pilots, "installed");
    // People hold it and let it go on.
    let why = json!({ "reason": "lunch" });
    release.must(&mut world.office, LEAD, ("POST", "rollout/hold"), why.clone());
    release.must(&mut world.office, LEAD, ("POST", "rollout/resume"), why);
    world.soak(&release);
    world.until_closed(&release, &LATER, "installed");
    let others = world.others.clone();
    release.report(&mut world.office, &others, "installed");
    until_state(&mut world.office, &release, "finished");
    world.all_run("version 3", good, "3.0.0");
    world.all_run("version 3", &LATER, "3.0.0");
    world.all_run("left out", &[ODD], "2.0.0");
    release.close(&mut world.office, "partial");
}

/// The first wave goes back to version 2, agents by an order, the others by hand.
fn wave_back(world: &mut World, release: &Release, good: &[usize], by_hand: &[String]) {
    let office = &mut world.office;
    let body = json!({ "wave": 1, "reason": "not before we know why" });
    let preview = ("GET", "rollout/rollback?wave=1");
    let preview = release.must(office, LEAD, preview, Value::Null);
    assert_eq!(preview["total"], good.len() + by_hand.len(), "{preview}");
    release.must(office, LEAD, ("POST", "rollout/rollback"), body);
    world.until_closed(release, good, "rolled_back");
    world.all_run("the wave went back", &PILOTS, "2.0.0");
    world.all_run("nothing was handed out after the halt", &LATER, "2.0.0");
    release.report(&mut world.office, by_hand, "rolled_back");
    let runs = rollout(&mut world.office, release)["runs"].clone();
    let back = runs.as_array().and_then(|it| it.last()).and_then(Value::as_str);
    let back = format!("rollout?rollout={}", back.expect("a run of its own"));
    world.office.until("the way back is over", |office| {
        let line = release.must(office, LEAD, ("GET", &back), Value::Null);
        (line["kind"] == "rollback" && line["state"] == "finished").then_some(())
    });
}

/// Version 4 hangs: each site that began ends it and goes back, nobody else begins, and people end
/// the release, or hold it.
fn fourth(world: &mut World) {
    let mut sites: Vec<String> = world.sites.iter().map(|it| it.key.clone()).collect();
    sites.extend(world.pilots.iter().cloned());
    let release = world.open(3, "4.0.0", &sites);
    until_state(&mut world.office, &release, "halted");
    let sites = &world.sites;
    world.office.until("everybody is at rest", |_| {
        sites.iter().all(|it| it.stage("4.0.0").is_none()).then_some(())
    });
    for (index, site) in world.sites.iter().enumerate() {
        let wanted = if index == ODD { "2.0.0" } else { "3.0.0" };
        assert_eq!(site.check("version 4 hangs"), wanted);
    }
    world.strike("a migration that hangs");
    let why = json!({ "reason": "it hangs" });
    // Where work in production has begun by a run sheet, nobody calls it off: it is held.
    let order = match world.process {
        Process::Vendor => "cancel",
        Process::Enterprise => "hold",
    };
    release.must(&mut world.office, LEAD, ("POST", order), why);
    release.prove(&mut world.office);
}
