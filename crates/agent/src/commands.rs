//! The commands.

use roadbook_agent::config::{self, Config, Enrollment};
use roadbook_agent::journal::Journal;
use roadbook_agent::ports::{Clock, Disk, NetError, Server, Site};
use roadbook_agent::real::{self, HttpServer, RealClock, RealDisk, RealSite, http};
use roadbook_agent::run::{End, How, become_current, run};
use roadbook_agent::tree;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What went wrong.
pub enum Fault {
    /// The command is not understood.
    Usage(String),
    /// It was understood, and failed.
    Failed(String),
}

impl From<String> for Fault {
    fn from(why: String) -> Self {
        Fault::Failed(why)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Fault::Failed(error.to_string())
    }
}

/// What `help` says.
pub const HELP: &str = "\
usage: roadbook-agent COMMAND [--data DIR]

  enroll URL --token TOKEN --director-key KEY --release-key KEY...
             [--threshold N] [--product KEY] [--policy FILE] [--ca FILE] [--insecure-http]
                      connect this site; the keys are pinned and never taken from the server
  run [--once] [--every SECONDS]
                      ask for orders and carry them out; SIGHUP asks at once, SIGTERM ends
  status [--json]     what runs here and what is being done
  policy check|show   the site's own rules
  consent ACTION yes|no
                      answer a question about an order
  set NAME [--product KEY]
                      set a secret parameter from standard input; it never leaves this site
  doctor              look at everything that could be wrong
  version             print the version

The data directory is --data, else ROADBOOK_AGENT_DATA, else STATE_DIRECTORY, else
/var/lib/roadbook-agent for root and ~/.local/state/roadbook-agent for others.";

struct Args {
    words: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
}

const FLAGS: [&str; 3] = ["--once", "--json", "--insecure-http"];
const VALUES: [&str; 10] = [
    "--data",
    "--token",
    "--director-key",
    "--release-key",
    "--threshold",
    "--product",
    "--policy",
    "--ca",
    "--every",
    "--server",
];

impl Args {
    fn read(args: &[String]) -> Result<Self, Fault> {
        let (mut words, mut values) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (arg.as_str(), None),
            };
            if FLAGS.contains(&name) {
                values.entry(name.to_owned()).or_default();
            } else if VALUES.contains(&name) {
                let value = inline.or_else(|| rest.next().cloned());
                let value = value.ok_or_else(|| Fault::Usage(format!("{name} needs a value")))?;
                values.entry(name.to_owned()).or_default().push(value);
            } else if name.starts_with("--") && name != "--help" && name != "--version" {
                return Err(Fault::Usage(format!("{name} is not known")));
            } else {
                words.push(arg.clone());
            }
        }
        Ok(Self { words, values })
    }

    fn flag(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    fn one(&self, name: &str) -> Option<String> {
        self.values.get(name).and_then(|all| all.last()).cloned()
    }

    fn number(&self, name: &str) -> Result<Option<u32>, Fault> {
        let parse = |text: String| {
            text.parse().map_err(|_| Fault::Usage(format!("{name} needs a number, not `{text}`")))
        };
        self.one(name).map(parse).transpose()
    }

    fn data(&self) -> PathBuf {
        let env = |name| std::env::var_os(name).map(PathBuf::from);
        let home = || env("HOME").unwrap_or_default().join(".local/state/roadbook-agent");
        self.one("--data")
            .map(PathBuf::from)
            .or_else(|| env("ROADBOOK_AGENT_DATA"))
            .or_else(|| env("STATE_DIRECTORY"))
            .unwrap_or_else(|| {
                if rustix::process::geteuid().is_root() {
                    PathBuf::from("/var/lib/roadbook-agent")
                } else {
                    home()
                }
            })
    }
}

/// Calls a command; the answer is the exit code.
pub fn call(args: &[String]) -> Result<u8, Fault> {
    let args = Args::read(args)?;
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["enroll", url] => enroll(&args, url),
        ["run"] => serve(&args),
        ["status"] => status(&args),
        ["policy", "check"] => policy(&args, false),
        ["policy", "show"] => policy(&args, true),
        ["consent", action, answer @ ("yes" | "no")] => consent(&args, action, answer),
        ["set", name] => set(&args, name),
        ["doctor"] => doctor(&args),
        ["version" | "--version"] => {
            println!("roadbook-agent {}", env!("CARGO_PKG_VERSION"));
            Ok(0)
        }
        [] | ["help" | "--help" | "-h", ..] => {
            println!("{HELP}");
            Ok(0)
        }
        other => Err(Fault::Usage(format!("`{}` is not understood", other.join(" ")))),
    }
}

fn opened(args: &Args) -> Result<(RealDisk, Config), Fault> {
    let disk = RealDisk::open(&args.data())?;
    let config = config::load(&disk)?.ok_or_else(|| {
        format!(
            "this site is not enrolled (in {}); paste the line that the release manager sees on \
             the page of the site",
            disk.path("").display()
        )
    })?;
    Ok((disk, config))
}

fn journal(disk: &RealDisk) -> Result<Journal, Fault> {
    Ok(Journal::load(disk)?.ok_or_else(|| "the journal is gone; enroll again".to_owned())?)
}

fn enroll(args: &Args, url: &str) -> Result<u8, Fault> {
    let mut disk = RealDisk::open(&args.data())?;
    let _held = disk.hold()?;
    let need =
        |name: &str| args.one(name).ok_or_else(|| Fault::Usage(format!("enroll needs {name}")));
    let line = Enrollment {
        url: url.to_owned(),
        token: need("--token")?,
        release_keys: args.values.get("--release-key").cloned().unwrap_or_default(),
        threshold: args.number("--threshold")?.unwrap_or(1),
        director_key: need("--director-key")?,
        product: args.one("--product").unwrap_or_default(),
        insecure_http: args.flag("--insecure-http"),
        ca: args.one("--ca").map(PathBuf::from),
        policy: args.one("--policy").map(PathBuf::from),
    };
    let config = config::enroll(&mut disk, &line)?;
    println!("enrolled as {}; now start: roadbook-agent run", config.site);
    Ok(0)
}

fn serve(args: &Args) -> Result<u8, Fault> {
    let (mut disk, config) = opened(args)?;
    become_current(&mut disk, false);
    let every = args.number("--every")?.map(|seconds| Duration::from_secs(u64::from(seconds)));
    println!("roadbook-agent {} for {}", env!("CARGO_PKG_VERSION"), config.site);
    loop {
        match run(&disk, &config, How { once: args.flag("--once"), every })? {
            End::Done => return Ok(0),
            End::Silent => return Ok(1),
            End::Restart => become_current(&mut disk, true),
        }
    }
}

fn status(args: &Args) -> Result<u8, Fault> {
    let (disk, config) = opened(args)?;
    let journal = journal(&disk)?;
    if args.flag("--json") {
        let text = serde_json::json!({
            "site": config.site,
            "server": config.poll_url,
            "installed": journal.installed.iter().map(|(product, one)| serde_json::json!({
                "product": product,
                "version": one.version,
                "former": one.former.as_ref().map(|former| &former.version),
            })).collect::<Vec<_>>(),
            "action": journal.run.as_ref().map(|run| serde_json::json!({
                "action": run.order.action,
                "product": run.order.product,
                "version": run.order.version,
                "stage": run.stage.word(),
                "waits": run.waits,
                "question": run.question,
                "failure": run.failure,
            })),
            "asked": journal.asked,
            "unsent_reports": journal.reports.len(),
            "past": journal.past.iter().rev().take(10).map(|past| serde_json::json!({
                "action": past.last.action,
                "product": past.product,
                "version": past.version,
                "finished": past.last.finished,
                "details": past.last.details,
            })).collect::<Vec<_>>(),
        });
        println!("{text:#}");
        return Ok(0);
    }
    println!("site     {}\nserver   {}", config.site, config.poll_url);
    for (product, one) in &journal.installed {
        println!("runs     {product} {}", one.version);
    }
    if let Some(run) = &journal.run {
        let what = format!("{} {}", run.order.product, run.order.version);
        println!("order    {}: {what}, {}", run.order.action, run.stage.name());
        if let Some(waits) = &run.waits {
            println!("waits    {waits}");
        }
    }
    if let Some(action) = journal.asked {
        println!("asks     order {action}: roadbook-agent consent {action} yes|no");
    }
    if !journal.reports.is_empty() {
        println!("unsent   {} reports", journal.reports.len());
    }
    for past in journal.past.iter().rev().take(3) {
        let why = past.last.details.iter().rev().find(|line| !line.starts_with("stage: "));
        let what = format!("{} {}", past.product, past.version);
        println!("before   {}: {what}: {}", past.last.action, why.map_or("", |it| it));
    }
    Ok(0)
}

fn policy(args: &Args, show: bool) -> Result<u8, Fault> {
    let (disk, config) = opened(args)?;
    let site = RealSite { disk, policy: config.policy.clone() };
    let policy = site
        .policy()
        .map_err(|why| format!("{why}\nuntil it is repaired, nothing is installed at this site"))?;
    if show {
        match std::fs::read_to_string(&config.policy) {
            Ok(text) => println!("# {}\n{text}", config.policy.display()),
            Err(_) => println!("# no file {}: no rules of this site", config.policy.display()),
        }
    }
    match policy.allows(None, policy.pin.as_deref().unwrap_or("0"), RealClock.now()) {
        Ok(()) => println!("the policy is understood; an update may begin now"),
        Err(wait) => println!("the policy is understood; now: {}", wait.text()),
    }
    Ok(0)
}

fn consent(args: &Args, action: &str, answer: &str) -> Result<u8, Fault> {
    let (mut disk, _) = opened(args)?;
    let number: u32 =
        action.parse().map_err(|_| Fault::Usage(format!("`{action}` is no number of an order")))?;
    let journal = journal(&disk)?;
    let run = journal.run.as_ref().filter(|run| run.order.action == number);
    if run.is_none() && journal.asked != Some(number) {
        return Err(Fault::Failed(format!(
            "order {number} asks nothing here; `roadbook-agent status` shows what does"
        )));
    }
    let question = run.and_then(|run| run.question.clone()).unwrap_or_else(|| number.to_string());
    config::write(&mut disk, &real::answer_path(&question), answer.as_bytes())?;
    println!("kept: {answer} to order {number}");
    Ok(0)
}

fn set(args: &Args, name: &str) -> Result<u8, Fault> {
    let (mut disk, _) = opened(args)?;
    let journal = journal(&disk)?;
    let product = match args.one("--product") {
        Some(product) => product,
        None => {
            let running = journal.run.iter().map(|run| run.order.product.clone());
            let known: std::collections::BTreeSet<String> =
                journal.installed.keys().cloned().chain(running).collect();
            match known.into_iter().collect::<Vec<_>>().as_slice() {
                [one] => one.clone(),
                _ => return Err(Fault::Usage("say which product, with --product KEY".to_owned())),
            }
        }
    };
    let mut value = String::new();
    std::io::stdin().take(64 * 1024).read_to_string(&mut value)?;
    let value = value.trim_end_matches(['\n', '\r']);
    let path = real::secrets_path(&product);
    let mut secrets: BTreeMap<String, String> =
        serde_json::from_slice(&disk.read(&path)?.unwrap_or_default()).unwrap_or_default();
    if value.is_empty() {
        secrets.remove(name);
    } else {
        secrets.insert(name.to_owned(), value.to_owned());
    }
    let text = serde_json::to_vec(&secrets).map_err(|error| error.to_string())?;
    config::write(&mut disk, &path, &text)?;
    println!("{name} of {product} is {}", if value.is_empty() { "unset" } else { "set" });
    Ok(0)
}

fn doctor(args: &Args) -> Result<u8, Fault> {
    let (disk, config) = opened(args)?;
    let mut bad = 0_u8;
    let mut say = |what: &str, found: Result<String, String>| match found {
        Ok(text) => println!("ok    {what}: {text}"),
        Err(why) => {
            bad += 1;
            println!("WRONG {what}: {why}");
        }
    };
    say("directory", private(&disk.path("")));
    let journal = Journal::load(&disk).map_err(|error| error.to_string());
    let journal = journal.and_then(|found| found.ok_or_else(|| "it is gone".to_owned()));
    say("journal", journal.as_ref().map(|_| "whole".to_owned()).map_err(Clone::clone));
    let director = roadbook_agent::believe::Pinned::new(&config.director_key);
    say("director key", director.map(|_| config.director_key.clone()));
    if let Ok(journal) = &journal {
        let trust = &journal.trust;
        say("release keys", Ok(format!("{} of {} must sign", trust.threshold, trust.keys.len())));
        for (product, one) in &journal.installed {
            let drift = tree::drift(&disk, &one.manifest).map_err(|error| error.to_string());
            say(
                &format!("files of {product} {}", one.version),
                drift.and_then(|drift| match drift.as_slice() {
                    [] => Ok("as they were signed".to_owned()),
                    some => Err(some.join(", ")),
                }),
            );
            let points = tree::points_to(&disk, product).map_err(|error| error.to_string());
            say(
                &format!("current of {product}"),
                points.and_then(|found| {
                    let want = tree::folder(&one.version);
                    if found.as_ref() == Some(&want) || journal.run.is_some() {
                        Ok(found.unwrap_or_default())
                    } else {
                        Err(format!("it points to {found:?} instead of {want}"))
                    }
                }),
            );
        }
    }
    let site = RealSite { disk: disk.clone(), policy: config.policy.clone() };
    say("policy", site.policy().map(|_| config.policy.display().to_string()));
    let free = disk.free().map_err(|error| error.to_string());
    say(
        "free disk",
        free.and_then(|bytes| match bytes >> 20 {
            0..64 => Err("less than 64 MiB; make room".to_owned()),
            mebibytes => Ok(format!("{mebibytes} MiB")),
        }),
    );
    say("server", reach(&config));
    Ok(u8::from(bad > 0))
}

fn private(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let meta = std::fs::metadata(path).map_err(|error| error.to_string())?;
    let others = meta.permissions().mode() & 0o077;
    if others == 0 {
        Ok(path.display().to_string())
    } else {
        Err(format!("others may look into {}; run: chmod 700 {0}", path.display()))
    }
}

fn reach(config: &Config) -> Result<String, String> {
    http::allowed(&config.poll_url, config.insecure_http)?;
    let ca = config.ca.as_ref().map(std::fs::read).transpose().map_err(|it| it.to_string())?;
    let client = http::client(ca.as_deref())?;
    let mut server = HttpServer::new(client, &config.poll_url, &config.token, config.insecure_http);
    match server.poll() {
        Ok(_) => Ok(config.poll_url.clone()),
        Err(NetError::Denied) => Err("it does not accept this agent; enroll again".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
