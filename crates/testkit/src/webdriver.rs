//! A session of a browser, spoken to in the words of WebDriver: open, find, click, type, run. Finding waits until what is
//! asked for is there, so nothing sleeps.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::{Driver, View};

/// How long finding waits until something is there, in milliseconds.
const PATIENCE: u64 = 10_000;
/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// So often an element is found anew when the page was redrawn under it.
const REDRAWN: usize = 8;

/// One browser window.
pub struct Session {
    reader: BufReader<TcpStream>,
    path: String,
}

/// A thing on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(String);

/// What the driver refused, by its code and words.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Such as `no such element`.
    pub code: String,
    /// What it says.
    pub message: String,
}

impl Session {
    /// Opens a window.
    pub fn open(driver: &Driver, view: View) -> Session {
        let stream = TcpStream::connect(driver.url().trim_start_matches("http://"))
            .expect("the driver listens");
        let limit = Some(Duration::from_mins(2));
        stream.set_read_timeout(limit).expect("a limit can be set");
        let mut session = Session { reader: BufReader::new(stream), path: String::new() };
        let asked = json!({ "capabilities": { "alwaysMatch": driver.capabilities(view) } });
        let made = session.call("POST", "/session", &asked);
        let made = made.unwrap_or_else(|it| panic!("no session: {it:?}\n{}", driver.log()));
        let id = made["sessionId"].as_str().expect("a session has an id").to_owned();
        session.path = format!("/session/{id}");
        session.post(
            "/timeouts",
            &json!({ "implicit": PATIENCE, "pageLoad": 60_000, "script": 60_000 }),
        );
        session
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let stream = self.reader.get_mut();
        stream.write_all(head.as_bytes()).expect("the driver reads");
        stream.write_all(body.as_bytes()).expect("the driver reads");
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).expect("the driver answers in time");
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length is a number");
            }
            if line.is_empty() {
                break;
            }
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).expect("the answer is whole");
        let answer: Value = serde_json::from_slice(&bytes).expect("an answer is JSON");
        let value = answer["value"].clone();
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        if value["error"].is_string() {
            Err(Refusal { code: text("error"), message: text("message") })
        } else {
            Ok(value)
        }
    }

    fn try_post(&mut self, path: &str, body: &Value) -> Result<Value, Refusal> {
        let path = format!("{}{path}", self.path);
        self.call("POST", &path, body)
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).unwrap_or_else(|it| panic!("{path}: {it:?}"))
    }

    fn get(&mut self, path: &str) -> Value {
        let path = format!("{}{path}", self.path);
        self.call("GET", &path, &Value::Null).unwrap_or_else(|it| panic!("{path}: {it:?}"))
    }

    /// Opens an address and waits until it is loaded.
    pub fn goto(&mut self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Where it is.
    pub fn url(&mut self) -> String {
        self.get("/url").as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page; `return` gives a value.
    pub fn run(&mut self, script: &str, args: Value) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": args }))
    }

    /// Runs a script that calls its last argument with the answer.
    pub fn run_async(&mut self, script: &str, args: Value) -> Value {
        self.post("/execute/async", &json!({ "script": script, "args": args }))
    }

    /// A command of the browser's own protocol.
    pub fn command(&mut self, name: &str, params: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": name, "params": params }))
    }

    /// The first element of an XPath; waits until it is there.
    pub fn try_find(&mut self, xpath: &str) -> Result<Element, Refusal> {
        let found = self.try_post("/element", &json!({ "using": "xpath", "value": xpath }))?;
        Ok(Element(found[ELEMENT].as_str().unwrap_or_default().to_owned()))
    }

    /// The first element of an XPath; says what the page shows instead when it does not come.
    pub fn find(&mut self, xpath: &str) -> Element {
        match self.try_find(xpath) {
            Ok(it) => it,
            Err(refusal) => {
                let shown =
                    self.run("return location.href + '\\n' + document.body.innerText", json!([]));
                panic!(
                    "{xpath}: {}\nthe page shows:\n{}",
                    refusal.code,
                    shown.as_str().unwrap_or_default()
                )
            }
        }
    }

    /// How many elements an XPath has now; does not wait.
    pub fn count(&mut self, xpath: &str) -> usize {
        let script = "return document.evaluate('count(' + arguments[0] + ')', document, null, 1, null).numberValue";
        self.run(script, json!([xpath])).as_f64().unwrap_or(0.0) as usize
    }

    /// Does something with an element, finding it anew while the page is redrawn under it.
    fn with(&mut self, xpath: &str, what: &str, body: &Value) {
        let mut last = None;
        for _ in 0..REDRAWN {
            let element = self.find(xpath);
            match self.try_post(&format!("/element/{}/{what}", element.0), body) {
                Ok(_) => return,
                // What is just put in the place of something is not laid out yet.
                Err(refusal)
                    if ["stale element reference", "element not interactable"]
                        .contains(&refusal.code.as_str()) =>
                {
                    last = Some(refusal);
                }
                Err(refusal) => panic!("{what} {xpath}: {refusal:?}"),
            }
        }
        panic!("{what} {xpath}: the page is redrawn without end: {last:?}");
    }

    /// Clicks.
    pub fn click(&mut self, xpath: &str) {
        self.with(xpath, "click", &json!({}));
    }

    /// Types into a field, in place of what it holds.
    pub fn type_into(&mut self, xpath: &str, text: &str) {
        self.with(xpath, "clear", &json!({}));
        self.with(xpath, "value", &json!({ "text": text }));
    }

    /// Words of an element as a person sees them.
    pub fn text(&mut self, xpath: &str) -> String {
        for _ in 0..REDRAWN {
            let element = self.find(xpath);
            let path = format!("{}/element/{}/text", self.path, element.0);
            match self.call("GET", &path, &Value::Null) {
                Ok(it) => return it.as_str().unwrap_or_default().to_owned(),
                Err(refusal) if refusal.code == "stale element reference" => {}
                Err(refusal) => panic!("text of {xpath}: {refusal:?}"),
            }
        }
        panic!("text of {xpath}: the page is redrawn without end");
    }

    /// A picture of the window, as PNG in base 64.
    pub fn picture(&mut self) -> String {
        self.get("/screenshot").as_str().unwrap_or_default().to_owned()
    }

    /// Width and colors of the window from now on.
    pub fn look(&mut self, view: View) {
        let metrics = json!({ "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics);
        let scheme = if view.dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Switches the scripts of pages off or on.
    pub fn scripts(&mut self, on: bool) {
        self.command("Emulation.setScriptExecutionDisabled", json!({ "value": !on }));
    }
}

impl Drop for Session {
    /// A driver that is gone has taken its windows along.
    fn drop(&mut self) {
        let head = format!("DELETE {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", self.path);
        if self.reader.get_mut().write_all(head.as_bytes()).is_ok() {
            let _ = self.reader.read_line(&mut String::new());
        }
    }
}
