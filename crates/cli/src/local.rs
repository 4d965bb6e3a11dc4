//! Sub-commands that open the store themselves: `init`, `doctor`, `backup`, `restore`, `migrate`.

use crate::args::{BackupArgs, DoctorArgs, InitArgs, MigrateArgs, RestoreArgs};
use crate::config::{Config, make_private};
use crate::exit::{Code, Failure, Outcome};
use crate::open;
use crate::output::{Output, print};
use crate::ports::SystemClock;
use roadbook_app::auth::SetupInput;
use roadbook_app::ports::Clock as _;
use roadbook_store::{backup, doctor};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;

/// Makes an installation; running it again changes nothing and prints a new link.
pub async fn init(args: InitArgs) -> Outcome {
    let config = Config::load(&args.store, &args.server)?;
    if jiff::tz::TimeZone::get(&args.zone).is_err() {
        return Err(Failure::new(Code::Usage, format!("`{}` is no time zone", args.zone))
            .hint("write it as in Asia/Seoul, Asia/Ho_Chi_Minh, Asia/Shanghai"));
    }
    let store = open::store(&config, false).await?;
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let app = open::app(store, &config, base_url.clone())?;
    app.process_seed().await?;
    let mut text = format!("data directory  {}\n", config.data.display());
    if config.database == "sqlite" {
        text += &format!("database        {}\n", config.data.join("roadbook.db").display());
    } else {
        text += "database        PostgreSQL, as configured\n";
    }
    text += &format!("files           {}\n", config.data.join("blobs").display());
    match (&config.file, &args.write_config) {
        (_, Some(path)) => {
            write_config(path, &config, &args)?;
            text += &format!("configuration   {}\n", path.display());
        }
        (Some(path), None) => text += &format!("configuration   {}\n", path.display()),
        (None, None) => text += "configuration   none: everything has its default\n",
    }
    let Some(code) = app.setup_code().await? else {
        return print(&format!("{text}\nit is set up already; next: roadbook serve\n"));
    };
    if let (Some(login), Some(file)) = (&args.login, &args.password_file) {
        let password = crate::offline::read(file)?.trim_end_matches(['\r', '\n']).to_owned();
        let input = SetupInput {
            organization: args.organization.clone().unwrap_or_default(),
            zone: args.zone.clone(),
            lang: args.language.clone(),
            name: args.name.clone().unwrap_or_else(|| login.clone()),
            login: login.clone(),
            email: String::new(),
            password,
        };
        app.setup(&code, input).await?;
        return print(&format!("{text}first person    {login}\n\nNext:\n  roadbook serve\n"));
    }
    text += "\nNext:\n  roadbook serve\nthen open this link within 30 minutes, it works once:\n";
    print(&format!("{text}  {base_url}/setup?token={code}\n"))
}

fn write_config(path: &Path, config: &Config, args: &InitArgs) -> Outcome {
    use std::os::unix::fs::OpenOptionsExt as _;
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let line = |key: &str, value: Option<&String>, example: &str| match value {
        Some(value) => format!("{key} = {}\n", quoted(value)),
        None => format!("# {key} = {}\n", quoted(example)),
    };
    let mut text = String::from("# Roadbook. A flag or ROADBOOK_* wins over this file.\n\n");
    text += &format!("data = {}\n", quoted(&config.data.display().to_string()));
    text += "# database = \"postgres://roadbook@localhost/roadbook\"\n";
    text += &format!("listen = {}\n", quoted(&config.listen.to_string()));
    text += "# How people reach it, for links in mails.\n";
    text += &line("base_url", config.base_url.as_ref(), "https://roadbook.example.org");
    text += "# Proxies that say in X-Forwarded-For who asks; nobody else is believed.\n";
    let proxies: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    text += &if proxies.is_empty() {
        "# trusted_proxies = [\"127.0.0.1\", \"::1\"]\n".to_owned()
    } else {
        format!("trusted_proxies = {proxies:?}\n")
    };
    text += "\n[mail]\n";
    text += &line("url", args.mail_url.as_ref(), "starttls://roadbook@mail.example.org:587");
    text += &line("from", args.mail_from.as_ref(), "Roadbook <roadbook@example.org>");
    text += "# password_file = \"/etc/roadbook/mail-password\"\n";
    text += "# An authority of your own that signs the mail server's certificate.\n";
    text += "# ca = \"/etc/roadbook/mail-ca.pem\"\n";
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|error| {
        let what = format!("cannot write `{}`: {error}", path.display());
        Failure::new(Code::Failed, what).hint("an existing file is never overwritten")
    })?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Text inside a URL's query.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                (byte as char).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Looks whether what is stored can be true; findings end with code 8.
pub async fn doctor(args: DoctorArgs, output: &Output) -> Outcome {
    let config = Config::of_store(&args.store)?;
    let store = open::existing(&config).await?;
    let now = SystemClock.now();
    let inspector = open::app(store.clone(), &config, String::new())?.inspector().await?;
    let checkup = doctor::examine(&store, now, &inspector).await?;
    let examined: Vec<Value> = checkup
        .examined
        .iter()
        .map(|(invariant, number)| {
            let found = checkup.findings.iter().filter(|it| it.invariant == *invariant).count();
            let name = format!("{invariant:?}");
            json!({ "promise": name, "examined": number, "findings": found, "says": promise(&name) })
        })
        .collect();
    let columns =
        [("promise", "promise"), ("examined", "examined"), ("findings", "findings"), ("", "says")];
    output.rows(&columns, &examined)?;
    for it in &checkup.findings {
        eprintln!("{:?} {}: {}", it.invariant, it.place, it.what);
    }
    let number = checkup.findings.len();
    if number == 0 {
        return Ok(());
    }
    Err(Failure::new(Code::Findings, format!("{number} finding(s): stored data cannot be true"))
        .hint("make a copy of the data directory, then restore the last backup that has none"))
}

fn promise(name: &str) -> &'static str {
    match name {
        "I1" => "every remembered answer is complete",
        "I2" => "no key was used twice",
        "I3" => "the record is whole",
        "I4" => "no delivery twice, none forgotten",
        "I5" => "nothing is under way that nobody continues",
        "I7" => "version histories have neither gaps nor overlaps",
        "I8" => "no approval stands on a changed document",
        "I9" => "every file is what its name says",
        "I10" => "the database is in order",
        _ => "lists say what the documents say",
    }
}

/// Writes a backup while nobody else has the data open.
pub async fn backup(args: BackupArgs, output: &Output) -> Outcome {
    let config = Config::of_store(&args.store)?;
    let store = open::existing(&config).await?;
    let manifest = backup::backup(&store, &args.dir, SystemClock.now()).await?;
    let rows: u64 = manifest.tables.values().map(|it| it.rows).sum();
    output.say("every byte was written to disk; `roadbook restore` checks it before it is used");
    let value = json!({
        "id": args.dir.display().to_string(),
        "rows": rows,
        "files": manifest.blobs.len(),
        "fingerprint": backup::fingerprint(&manifest),
    });
    output.object(
        &[("backup", "id"), ("rows", "rows"), ("files", "files"), ("sha256", "fingerprint")],
        &value,
    )
}

/// Restores a backup into an empty place.
pub async fn restore(args: RestoreArgs, output: &Output) -> Outcome {
    let config = Config::of_store(&args.store)?;
    let manifest = backup::check(&args.dir).await?;
    output.say("the backup is complete and unchanged; restoring");
    make_private(&config.data)?;
    let store = backup::restore(&args.dir, &config.location()?, &open::options()).await?;
    let inspector = open::app(store.clone(), &config, String::new())?.inspector().await?;
    let checkup = doctor::examine(&store, SystemClock.now(), &inspector).await?;
    let value = json!({
        "id": config.data.display().to_string(),
        "made_at": jiff::Timestamp::from_microsecond(manifest.made_at).map(|it| it.to_string()).ok(),
        "files": manifest.blobs.len(),
        "findings": checkup.findings.len(),
    });
    output.object(
        &[("restored", "id"), ("as of", "made_at"), ("files", "files"), ("findings", "findings")],
        &value,
    )?;
    output.say(
        "everybody signs in anew; mail that had not gone out waits until a person releases it",
    );
    if checkup.findings.is_empty() {
        Ok(())
    } else {
        let what = format!("the restored data have {} finding(s)", checkup.findings.len());
        Err(Failure::new(Code::Findings, what).hint("`roadbook doctor` lists them"))
    }
}

/// Brings the database up to date; opening it does so.
pub async fn migrate(args: MigrateArgs, output: &Output) -> Outcome {
    let config = Config::of_store(&args.store)?;
    if args.plan {
        let there = config.database != "sqlite" || config.data.join("roadbook.db").exists();
        let text = if there {
            "the database is brought up to date in one transaction per change; \
             make a backup before: `roadbook backup DIR`"
        } else {
            "there is no database yet: a new one is made with the newest schema"
        };
        return print(&format!("{text}\n"));
    }
    open::existing(&config).await?;
    output.say("the database is up to date");
    Ok(())
}
