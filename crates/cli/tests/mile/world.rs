//! An organization with two hundred sites, ten of them with agents, and the four versions.

use crate::http;
use crate::office::{Office, Organization};
use crate::proxy::Proxy;
use crate::site::Site;
use crate::way::{LEAD, Process};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const HERE: Organization = Organization {
    name: "hanbit",
    lang: "ko",
    zone: "Asia/Seoul",
    products: [("ledger", "Ledger", "semver"), ("hb-gate", "한빛 게이트", "four-part")],
    version: "2.0.0",
};
/// Agents, and those of them that go first.
const AGENTS: usize = 10;
pub const FIRST: usize = 6;
/// Sites without an agent that go first.
const FIRST_BY_HAND: usize = 6;

// Who meets what; the first six are pilots.
pub const KILLED: usize = 0;
pub const CUT_OFF: usize = 1;
pub const FULL: usize = 2;
pub const DAMAGED: usize = 3;
pub const TAKEN_BACK: usize = 4;
pub const ODD: usize = 5;

/// Everything there is.
pub struct World {
    pub office: Office,
    pub process: Process,
    pub sites: Vec<Site>,
    /// Keys of pilots without an agent, and of everybody else without one.
    pub pilots: Vec<String>,
    pub others: Vec<String>,
    packages: BTreeMap<String, (String, String)>,
    pub out: PathBuf,
    pub struck: Vec<&'static str>,
}

impl World {
    pub fn make(process: Process, database: Option<String>) -> World {
        let mut office = Office::open(HERE, database);
        office.mail_up();
        let marker = office.file("out/marker", "");
        let out = Path::new(&marker).parent().expect("a folder").to_owned();
        let (agents, pilots, others) = organization(&mut office);
        build(&out);
        let mut world = World {
            office,
            process,
            sites: Vec::new(),
            pilots,
            others,
            packages: BTreeMap::new(),
            out,
            struck: Vec::new(),
        };
        world.keys();
        for version in ["1.0.0", "2.0.0"] {
            world.upload("a", version);
        }
        for version in ["3.0.0", "4.0.0"] {
            world.upload("b", version);
        }
        world.agents(&agents);
        world
    }

    /// A fault struck for real.
    pub fn strike(&mut self, what: &'static str) {
        self.struck.push(what);
    }

    pub fn package(&self, version: &str) -> (&str, &str) {
        let (name, sha256) = &self.packages[version];
        (name, sha256)
    }

    /// The keys of all sites.
    pub fn keys_of_all(&self) -> Vec<String> {
        let agents = self.sites.iter().map(|it| it.key.clone());
        agents.chain(self.pilots.iter().cloned()).chain(self.others.iter().cloned()).collect()
    }

    fn file(&self, set: &str, name: &str) -> String {
        self.out.join(set).join(name).display().to_string()
    }

    /// Both release keys are known to the server; sites will know the first one only.
    fn keys(&mut self) {
        for set in ["a", "b"] {
            let key = self.file(set, "release.pub");
            self.office.ok("admin", &["artifact", "add-key", "ledger", &key]);
        }
    }

    fn upload(&mut self, set: &str, version: &str) {
        let name = format!("ledger-{version}.rbpkg");
        let file = self.file(set, &name);
        let told = self.office.ok(LEAD, &["artifact", "upload", "ledger", &file, "-o", "json"]);
        let told: Value = serde_json::from_str(&told).expect("json");
        let sha256 = told["id"].as_str().expect("its digest").to_owned();
        let bytes = std::fs::read(&file).expect("a package");
        assert_eq!(sha256, hex::encode(Sha256::digest(&bytes)), "it came whole");
        let shown = self.office.must(LEAD, "GET", &format!("/artifacts/{sha256}"), Value::Null);
        assert_eq!((&shown["version"], &shown["kind"]), (&json!(version), &json!("package")));
        self.packages.insert(version.to_owned(), (name, sha256));
    }

    /// Another package of version 1, which nobody installed.
    pub fn upload_another_first(&mut self) {
        let (from, to) = (self.file("b", "ledger-1.0.0.rbpkg"), self.file("b", "again.rbpkg"));
        std::fs::copy(from, &to).expect("copied");
        self.office.ok(LEAD, &["artifact", "upload", "ledger", &to]);
    }

    /// A new release key takes the place of the first one; both sets are published.
    pub fn rotate_keys(&mut self) {
        let at = |set: &str, name: &str| self.file(set, name);
        let (first, second) = (at("", "trust-1.json"), at("", "trust-2.json"));
        let (old, new) = (at("a", "release.pub"), at("b", "release.pub"));
        let (old_secret, new_secret) = (at("a", "release.key"), at("b", "release.key"));
        let sets = [
            vec!["key", "trust", &first, "--key", &old],
            vec![
                "key",
                "rotate",
                &first,
                &second,
                "--key",
                &new,
                "--sign",
                &old_secret,
                "--sign",
                &new_secret,
            ],
        ];
        for args in sets {
            self.office.ok("admin", &args);
        }
        // Not before the first one, and not twice.
        let publish = |file: &str| ["artifact", "publish-keys", "ledger", file].map(str::to_owned);
        let refused = |office: &mut Office, file: &str, code: &str| {
            let args = publish(file);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ended = office.run("admin", &args);
            assert!(ended.code != 0 && ended.err.contains(code), "{ended:?}");
        };
        refused(&mut self.office, &second, "trust_order");
        self.office.ok("admin", &["artifact", "publish-keys", "ledger", &first]);
        refused(&mut self.office, &first, "package_");
        self.office.ok("admin", &["artifact", "publish-keys", "ledger", &second]);
    }

    fn agents(&mut self, keys: &[String]) {
        let director = self.office.must("admin", "GET", "/director-key", Value::Null);
        let director = director["public_key"].as_str().expect("a key").to_owned();
        let release = std::fs::read_to_string(self.file("a", "release.pub")).expect("a key");
        let release = release.trim().lines().last().expect("a line").to_owned();
        for (index, key) in keys.iter().enumerate() {
            let proxied = index == CUT_OFF || index == DAMAGED;
            let proxy = proxied.then(|| Proxy::to(&self.office.url));
            let site = Site::new(key, proxy, index == FULL);
            let path = format!("/sites/{key}/agent-token");
            let token = self.office.must("admin", "POST", &path, json!({}));
            let token = token["secret"].as_str().expect("a token");
            site.enroll(&self.office.url, token, &director, &release);
            self.parameter(key, "port", &site.port.to_string());
            if index == ODD {
                self.parameter(key, "locale", "fr");
            }
            self.sites.push(site);
        }
    }

    fn parameter(&mut self, site: &str, name: &str, value: &str) {
        let body = json!({ "product": "ledger", "name": name, "value": value });
        self.office.must("admin", "PUT", &format!("/sites/{site}/parameters"), body);
    }
}

/// The people, and two hundred sites in three zones; agents and pilots are taken from each zone.
fn organization(office: &mut Office) -> (Vec<String>, Vec<String>, Vec<String>) {
    let units = office.list("units");
    office.ok("admin", &["unit", "import", &units]);
    for (key, name, scheme) in HERE.products {
        office.ok("admin", &["product", "new", key, "--name", name, "--scheme", scheme]);
    }
    let people = std::fs::read_to_string(office.list("people")).expect("a list");
    // No site runs the product yet, so that whoever applies for it sees all of them.
    let people = people.replace("@product:hb-care", "@all");
    let people = office.file("people.csv", &people);
    office.ok("admin", &["people", "import", &people]);
    let rows = office.rows("sites");
    let (mut agents, mut pilots, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
    let mut text = "key,name,customer,zone,lang,address,tags\n".to_owned();
    for row in &rows {
        let nth = zones.entry(row["zone"].as_str()).or_default();
        *nth += 1;
        let key = row["key"].clone();
        // Two pilots with an agent from each zone, two without; then agents that come later.
        let tag = match *nth {
            1 | 2 => {
                agents.insert(agents.len().min(FIRST), key.clone());
                ";pilot"
            }
            3 | 4 => {
                pilots.push(key.clone());
                ";pilot"
            }
            _ => {
                others.push(key.clone());
                ""
            }
        };
        let field = |name: &str| format!("\"{}\"", row[name].replace('"', "\"\""));
        let tags: Vec<&str> = row["tags"].split(';').filter(|it| *it != "pilot").collect();
        let fields = ["name", "customer", "zone", "lang", "address"].map(field).join(",");
        text.push_str(&format!("{key},{fields},{}{tag}\n", tags.join(";")));
    }
    assert_eq!((rows.len(), zones.len()), (200, 3));
    assert_eq!((agents.len(), pilots.len()), (FIRST, FIRST_BY_HAND));
    agents.extend(others.drain(..AGENTS - FIRST));
    let file = office.file("sites.csv", &text);
    office.ok("admin", &["site", "import", &file]);
    (agents, pilots, others)
}

/// All four versions, signed by a first and by a second release key.
fn build(out: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ledger/build.sh");
    for set in ["a", "b"] {
        let ended = Command::new(&script)
            .arg(out.join(set))
            .env("ROADBOOK", env!("CARGO_BIN_EXE_roadbook"))
            .output()
            .expect("it runs");
        assert!(ended.status.success(), "{ended:?}");
    }
}

/// Files that the server keeps for sites, as they lie on its disk.
pub fn blob(office: &mut Office, sha256: &str) -> PathBuf {
    let beside = office.file("beside", "");
    let data = Path::new(&beside).parent().expect("a home").join("data");
    data.join("blobs").join(&sha256[..2]).join(sha256)
}

/// An answer of the API that must be a refusal with this code.
pub fn refused(office: &mut Office, who: &str, path: &str, body: &Value, code: &str) {
    let answer: http::Answer = office.call(who, "POST", path, body);
    assert!(answer.status >= 400 && answer.json()["code"] == code, "{path}: {}", answer.text());
}
