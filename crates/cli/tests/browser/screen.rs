//! A person at a screen: a server in a folder of its own, a browser, and the words of the pages.

use roadbook_testkit::browser::{Driver, View};
use roadbook_testkit::process::Running;
use roadbook_testkit::temp::Scratch;
use roadbook_testkit::webdriver::Session;
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// The binary.
pub fn roadbook() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_roadbook"))
}

/// An empty folder that becomes an installation.
pub struct Home {
    pub folder: Scratch,
    pub url: String,
    server: Option<Running>,
}

impl Home {
    pub fn empty() -> Home {
        let port = roadbook_testkit::ports::free();
        let url = format!("http://127.0.0.1:{port}");
        // Tests run beside each other: only the port is not the usual one.
        let folder = Scratch::new("home");
        let listen = format!("listen = \"127.0.0.1:{port}\"\n");
        std::fs::write(folder.join("roadbook.toml"), listen).expect("written");
        Home { folder, url, server: None }
    }

    /// A sub-command in this folder, with nothing of the machine around it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(roadbook());
        command.args(args).env_clear().env("HOME", self.folder.path());
        command.env("ROADBOOK_CONFIG", self.folder.join("roadbook.toml"));
        command.current_dir(self.folder.path());
        command
    }

    /// Runs a sub-command to its end; gives what it prints.
    pub fn run(&self, args: &[&str]) -> String {
        let done = self.command(args).output().expect("it runs");
        let err = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "roadbook {args:?}: {err}");
        String::from_utf8(done.stdout).expect("text")
    }

    /// The one-time link that `init` prints.
    pub fn link(&self) -> String {
        let told = self.run(&["init"]);
        let link = told.lines().map(str::trim).find(|it| it.starts_with("http"));
        link.expect("init prints a link").to_owned()
    }

    pub fn serve(&mut self) {
        let mut running = Running::spawn(self.command(&["serve"]));
        running.wait_line("listening on ", roadbook_testkit::process::READY);
        self.server = Some(running);
    }

    /// What the server said.
    pub fn log(&self) -> String {
        self.server.as_ref().map(Running::log).unwrap_or_default()
    }
}

/// What everybody signs in with.
pub const PASSWORD: &str = "quiet harbor lamp 42";

/// So long a form may take until the browser shows its answer.
const LEAVES: jiff::SignedDuration = jiff::SignedDuration::from_secs(20);

/// Somebody in front of a browser.
pub struct Screen {
    pub session: Session,
    url: String,
    /// Required fields of the forms that were sent, by the person or filled beforehand.
    pub required: usize,
    /// Those of them that were empty when the form came.
    pub to_fill: usize,
    _driver: Driver,
}

/// Text inside an XPath.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// The words of a thing: exactly these, or beginning with what stands before "…".
fn reads(text: &str) -> String {
    match text.strip_suffix('…') {
        Some(text) => format!("starts-with(normalize-space(.), {})", quoted(text)),
        None => format!("normalize-space(.)={}", quoted(text)),
    }
}

/// A button or link by its words.
fn named(text: &str) -> String {
    format!("//*[(self::button or self::a or self::summary) and {}]", reads(text))
}

/// The form that holds a button with these words.
fn form_of(button: &str) -> String {
    format!("//form[.//button[{}]]", reads(button))
}

impl Screen {
    pub fn new(url: &str, view: View) -> Screen {
        let driver = Driver::start();
        let mut session = Session::open(&driver, view);
        session.look(view);
        Screen { session, url: url.to_owned(), required: 0, to_fill: 0, _driver: driver }
    }

    pub fn open(&mut self, path: &str) {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.session.goto(&url);
    }

    /// The path of the page, without its query.
    pub fn path(&mut self) -> String {
        let url = self.session.url();
        let path = url.strip_prefix(&self.url).unwrap_or(&url);
        path.split('?').next().unwrap_or_default().to_owned()
    }

    /// Sets an installation up; the first person is signed in.
    pub fn set_up(&mut self, link: &str) {
        self.open(link);
        let submit = "Create the organization";
        self.fill(submit, "Organization", "Hanbit Tools");
        self.fill(submit, "Your name", "Park Jimin");
        self.fill(submit, "User name", "jimin");
        self.fill(submit, "New password", PASSWORD);
        self.send(submit);
        self.sees("Park Jimin");
    }

    /// Waits until a person can read these words.
    pub fn sees(&mut self, text: &str) {
        let text = quoted(text);
        self.session
            .find(&format!("//body//*[not(self::script)][contains(normalize-space(.), {text})]"));
    }

    /// Loads the page again until a thing is there whose time comes within two minutes.
    pub fn comes(&mut self, xpath: &str) {
        for _ in 0..12 {
            if self.session.try_find(xpath).is_ok() {
                return;
            }
            let here = self.session.url();
            self.session.goto(&here);
        }
        self.session.find(xpath);
    }

    pub fn press(&mut self, text: &str) {
        self.session.click(&named(text));
    }

    /// Writes into a field of the form with this button, found by the words of its label.
    pub fn fill(&mut self, button: &str, label: &str, text: &str) {
        let field = self.field(button, label);
        self.session.type_into(&field, text);
    }

    /// Puts a whole text into a field at once, as pasting does.
    pub fn paste(&mut self, button: &str, label: &str, text: &str) {
        let field = self.field(button, label);
        let element = self.session.find(&field);
        assert!(self.session.count(&field) > 0, "{element:?}");
        let script = "const at = document.evaluate(arguments[0], document, null, 9, null).singleNodeValue; \
                      at.focus(); at.select(); document.execCommand('insertText', false, arguments[1]); return at.value";
        let value = self.session.run(script, json!([field, text]));
        assert_eq!(value, text);
    }

    /// Sets a date with its time, as the picker does; `minutes` from now in a zone.
    pub fn set_time(&mut self, button: &str, label: &str, minutes: i64, zone: &str) {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
        let at = at.in_tz(zone).unwrap().strftime("%Y-%m-%dT%H:%M").to_string();
        let field = self.field(button, label);
        self.session.find(&field);
        let script = "const at = document.evaluate(arguments[0], document, null, 9, null).singleNodeValue; at.value = arguments[1]; return at.value";
        assert_eq!(self.session.run(script, json!([field, at])), at);
    }

    fn field(&self, button: &str, label: &str) -> String {
        let (form, label) = (form_of(button), quoted(label));
        format!(
            "{form}//*[(self::input or self::textarea or self::select) and @id=//label[starts-with(normalize-space(.), {label})]/@for]"
        )
    }

    /// Takes a choice of a select, a radio group or a box by its words.
    pub fn choose(&mut self, button: &str, choice: &str) {
        let (form, choice) = (form_of(button), quoted(choice));
        self.session.click(&format!(
            "{form}//*[self::option[normalize-space(.)={choice}] or self::label[span[normalize-space(.)={choice}]]]"
        ));
    }

    /// Sends a form by its button; counts what it demanded.
    pub fn send(&mut self, button: &str) {
        let form = form_of(button);
        self.session.find(&form);
        let script = "const form = document.evaluate(arguments[0], document, null, 9, null).singleNodeValue; \
            const asked = [...form.elements].filter(it => it.required && it.type !== 'hidden'); \
            const names = [...new Set(asked.map(it => it.name))]; \
            const given = it => it.type === 'radio' || it.type === 'checkbox' ? it.defaultChecked : \
                it.tagName === 'SELECT' ? true : it.defaultValue !== ''; \
            const empty = names.filter(name => !asked.some(it => it.name === name && given(it))); \
            return [names.length, empty.length]";
        let counted = self.session.run(script, json!([form]));
        self.required += counted[0].as_u64().unwrap_or(0) as usize;
        self.to_fill += counted[1].as_u64().unwrap_or(0) as usize;
        // Without scripts the click does not wait for the answer: the next look could be at the page
        // that is being left.
        self.session.run("window.beingLeft = true", json!([]));
        self.session.click(&format!("{form}//button[{}]", reads(button)));
        let limit = jiff::Timestamp::now() + LEAVES;
        while self.session.run("return window.beingLeft === true", json!([])) == true {
            assert!(jiff::Timestamp::now() < limit, "`{button}` leads nowhere");
        }
    }
}
