//! Real agents of a handful of the demo's sites: processes on this machine, each with a directory
//! of its own, that install a real program. They end with the demo.

use super::data;
use super::ledger::Made;
use super::world::World;
use crate::exit::{Code, Failure, Outcome};
use crate::ports::SystemClock;
use roadbook_app::ports::Clock as _;
use roadbook_core::ids::SiteId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};

/// The program's name.
const PROGRAM: &str = "roadbook-agent";
/// What the agent reads its clock from.
const CLOCK: &str = "ROADBOOK_AGENT_CLOCK";
/// So long the machine is given until the agents have done what they were told.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// An agent that is told to end gets so long, a hook that runs included.
const GRACE: Duration = Duration::from_secs(8);

/// Why there are none when nobody wants them.
pub const AS_ASKED: &str = "as you asked";

/// Where the program lies, or why there are no agents and what to do about it.
pub fn find(named: Option<&Path>) -> Result<PathBuf, String> {
    if named.is_some_and(|it| it.as_os_str() == "none") {
        return Err(AS_ASKED.to_owned());
    }
    let beside = || Some(std::env::current_exe().ok()?.parent()?.join(PROGRAM));
    let path = named.map(Path::to_owned).or_else(beside).unwrap_or_default();
    if !path.is_file() {
        return Err(format!(
            "`{}` is not there; build it with `cargo build --release -p roadbook-agent`, or name \
             it with --agent PROGRAM",
            path.display()
        ));
    }
    let python = std::process::Command::new("python3")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if python.is_ok_and(|it| it.success()) {
        Ok(path)
    } else {
        Err("the program that they install needs `python3`, and it is not here; install it and \
             start the demo again"
            .to_owned())
    }
}

/// A site with an agent.
struct Place {
    key: &'static str,
    site: SiteId,
    /// Where its service listens.
    port: u16,
    /// Everything of it.
    root: PathBuf,
    child: Option<(Child, Option<ChildStdin>)>,
}

/// The agents.
#[derive(Default)]
pub struct Fleet {
    places: Vec<Place>,
}

/// What a site really runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Site.
    pub key: &'static str,
    /// The version that its link points to.
    pub link: String,
    /// The version that its service says it is; empty when it does not answer.
    pub answers: String,
    /// How its data are written.
    pub schema: u64,
}

impl Fleet {
    /// Enrolls and starts an agent at each of the sites.
    pub async fn start(
        &mut self,
        program: &Path,
        stage: &super::Stage,
        world: &World,
        made: &Made,
    ) -> Outcome {
        let clock = stage.path.join("clock");
        world.clock.tell(clock.clone())?;
        // All at once: each needs a port that nobody else takes.
        let mut held = Vec::new();
        for key in data::AGENTS {
            let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
            let port = listener.local_addr()?.port();
            held.push(listener);
            let site = world.site(key)?.clone();
            let root = stage.path.join("sites").join(key);
            std::fs::create_dir_all(&root)?;
            self.places.push(Place { key, site, port, root, child: None });
        }
        drop(held);
        for place in &mut self.places {
            place.start(program, &clock, &stage.base_url, world, made).await?;
        }
        Ok(())
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Waits, by the machine's clock, until no agent has anything to do that it may do now.
    pub async fn settle(&self, world: &World) -> Outcome {
        let lead = world.call(world.person(data::MANAGER)?).await?;
        let most = PATIENCE.as_millis() / LOOK.as_millis();
        for _ in 0..most {
            let mut busy = false;
            for place in &self.places {
                let orders = world.app.site_actions(&lead, &place.site).await?;
                for order in orders.iter().filter(|it| it.state != "closed") {
                    let view =
                        world.app.rollout_view(&lead, &order.release_id, Some(&order.rollout_id));
                    let moves = matches!(view.await?.rollout.state.as_str(), "running" | "soaking");
                    busy |= moves || order.state == "running";
                }
            }
            if !busy {
                return Ok(());
            }
            SystemClock.wait(LOOK).await;
        }
        let mut failure =
            Failure::new(Code::Failed, "an agent of the demo does not come to an end");
        for place in &self.places {
            failure = failure.hint(format!("{}: {}", place.key, place.last_words()));
        }
        Err(failure)
    }

    /// Looks at directories and services, past the server.
    pub async fn look(&self) -> Vec<Seen> {
        let mut seen = Vec::new();
        for place in &self.places {
            seen.push(place.look().await);
        }
        seen
    }

    /// As rows of a table, with whether the sites are what the record says.
    pub async fn rows(&self, world: &World) -> Result<(Vec<Value>, Vec<String>), Failure> {
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        let admin = world.call(world.person(data::ADMIN.0)?).await?;
        let product = world.product("ledger")?;
        let mut wanted: BTreeMap<&str, String> = BTreeMap::new();
        for place in &self.places {
            let now = world.app.site_view(&admin, &place.site).await?.versions;
            let now = now.into_iter().find(|it| it.product == *product).map(|it| it.version);
            wanted.insert(place.key, now.unwrap_or_default());
        }
        for it in self.look().await {
            let record = &wanted[it.key];
            if it.link != *record || it.answers != *record {
                faults.push(format!(
                    "{}: the record says {record}, its link {}, its service {}",
                    it.key, it.link, it.answers
                ));
            }
            rows.push(json!({
                "site": it.key, "link": it.link, "answers": it.answers, "schema": it.schema,
            }));
        }
        Ok((rows, faults))
    }

    /// Ends the agents and what they started, and nothing else.
    pub async fn end(&mut self) {
        for place in &mut self.places {
            // The agent of a rehearsal ends when its standard input does.
            if let Some((_, stdin)) = &mut place.child {
                drop(stdin.take());
            }
        }
        for place in &mut self.places {
            if let Some((mut child, _)) = place.child.take() {
                tokio::select! {
                    _ = child.wait() => {}
                    () = SystemClock.wait(GRACE) => {
                        let _ = child.kill().await;
                    }
                }
            }
            place.end_service().await;
        }
    }
}

impl Place {
    async fn start(
        &mut self,
        program: &Path,
        clock: &Path,
        base_url: &str,
        world: &World,
        made: &Made,
    ) -> Outcome {
        let admin = world.call(world.person(data::ADMIN.0)?).await?;
        let product = world.product("ledger")?;
        let port = self.port.to_string();
        for (name, value) in [("port", port.as_str()), ("locale", data::locale(self.key))] {
            let set = Some(value);
            world.app.site_parameter_set(&admin, &self.site, product, name, set).await?;
        }
        let token = world.app.agent_token(&admin, &self.site).await?.secret.unwrap_or_default();
        let mut enroll = Command::new(program);
        enroll
            .arg("--data")
            .arg(&self.root)
            .args(["enroll", base_url, "--token", &token])
            .args(["--director-key", world.app.director_key().trim()])
            .args(["--release-key", &made.public_key])
            .stdin(Stdio::null());
        let done = enroll.output().await?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            let what = format!("the agent of {} could not enroll: {}", self.key, said.trim());
            return Err(Failure::new(Code::Failed, what));
        }
        let log = std::fs::File::create(self.root.join("agent.log"))?;
        let mut run = Command::new(program);
        run.arg("--data").arg(&self.root).args(["run", "--every", "1"]);
        run.env(CLOCK, clock).stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log);
        // Ctrl-C is for the demo; it ends its agents by itself, after what they are doing.
        run.process_group(0).kill_on_drop(true);
        let mut child = run.spawn()?;
        let stdin = child.stdin.take();
        self.child = Some((child, stdin));
        Ok(())
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(self.root.join("agent.log")).unwrap_or_default();
        text.lines().last().unwrap_or("it said nothing").to_owned()
    }

    fn data(&self, name: &str) -> PathBuf {
        self.root.join("apps/ledger/data").join(name)
    }

    async fn look(&self) -> Seen {
        let link = std::fs::read_link(self.root.join("apps/ledger/current")).unwrap_or_default();
        let health = health(self.port).await.unwrap_or(Value::Null);
        Seen {
            key: self.key,
            link: link.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            answers: health["version"].as_str().unwrap_or_default().to_owned(),
            schema: health["schema"].as_u64().unwrap_or(0),
        }
    }

    /// Its service, known by its number and by its directory: never another program.
    async fn end_service(&self) {
        let Ok(text) = std::fs::read_to_string(self.data("ledger.pid")) else { return };
        let Ok(id) = text.trim().parse::<u32>() else { return };
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let root = self.root.to_string_lossy().into_owned();
        if String::from_utf8_lossy(&line).contains(&root) {
            let mut kill = Command::new("kill");
            let _ = kill.args(["-TERM", &id.to_string()]).status().await;
            for _ in 0..30 {
                if !Path::new(&format!("/proc/{id}")).exists() {
                    return;
                }
                SystemClock.wait(LOOK).await;
            }
            let mut kill = Command::new("kill");
            let _ = kill.args(["-KILL", &id.to_string()]).status().await;
        }
    }
}

/// What a service says of itself.
async fn health(port: u16) -> Option<Value> {
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.write_all(b"GET /health HTTP/1.0\r\n\r\n").await.ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.ok()?;
        serde_json::from_str(text.split("\r\n\r\n").nth(1)?).ok()
    };
    tokio::select! {
        answer = ask => answer,
        () = SystemClock.wait(Duration::from_secs(5)) => None,
    }
}
