//! A headless browser for tests: the driver on a port of its own, the capabilities of a view, the accessibility checker.
//! The client library is the caller's; here is only what every browser test needs alike.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use serde_json::{Value, json};

use crate::process::{READY, Running};
use crate::temp::Scratch;
use crate::tools;

/// A running WebDriver server; it ends with the value, and its browsers with it.
pub struct Driver {
    running: Running,
    profile: Scratch,
    port: u16,
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Width in CSS pixels: 360 is a phone, 1280 a desk.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Dark colors asked for.
    pub dark: bool,
    /// Language asked for, such as `ko`.
    pub lang: &'static str,
}

impl View {
    /// A phone.
    pub const PHONE: View = View { width: 360, height: 800, dark: false, lang: "en" };
    /// A desk.
    pub const DESK: View = View { width: 1280, height: 900, dark: false, lang: "en" };

    /// The same in dark.
    pub const fn dark(self) -> View {
        View { dark: true, ..self }
    }

    /// The same in another language.
    pub const fn lang(self, lang: &'static str) -> View {
        View { lang, ..self }
    }
}

impl Driver {
    /// Starts the driver.
    pub fn start() -> Self {
        let profile = Scratch::new("browser");
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("TMPDIR", profile.path());
        command.env("HOME", profile.path()).env("XDG_CONFIG_HOME", profile.path());
        let mut running = Running::spawn(command);
        let line = running.wait_line("ChromeDriver was started successfully on port ", READY);
        let port = line.trim_end_matches('.').parse().expect("the driver says its port");
        Self { running, profile, port }
    }

    /// Where a WebDriver client connects.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What to ask for in a new session.
    pub fn capabilities(&self, view: View) -> serde_json::Map<String, Value> {
        let mut args = vec![
            "--headless=new".to_owned(),
            // Containers have no user namespaces and a small /dev/shm.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--force-device-scale-factor=1".to_owned(),
            format!("--window-size={},{}", view.width, view.height),
            format!("--lang={}", view.lang),
        ];
        if view.dark {
            args.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let options = json!({
            "args": args,
            "prefs": { "intl.accept_languages": view.lang, "download.default_directory": self.profile.path() },
            // The window of a browser is never narrower than 500 pixels; a phone is emulated.
            "mobileEmulation": { "deviceMetrics": { "width": view.width, "height": view.height, "pixelRatio": 1.0, "touch": false, "mobile": false } },
        });
        let mut asked = serde_json::Map::new();
        asked.insert("browserName".to_owned(), "chrome".into());
        asked.insert("goog:chromeOptions".to_owned(), options);
        asked
    }

    /// What the driver said so far.
    pub fn log(&self) -> String {
        self.running.log()
    }
}

impl Drop for Driver {
    /// Killing the driver would leave its browsers behind: it is asked to end them first.
    fn drop(&mut self) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
        let asked = write!(stream, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        if asked.is_ok() && stream.set_read_timeout(Some(READY)).is_ok() {
            // The answer, or the end of the connection, comes when the browsers are gone.
            let _ = stream.read(&mut [0; 512]);
        }
    }
}

/// The accessibility checker, to be run in a page; then `axe.run()` gives its findings.
pub fn axe() -> String {
    let path = tools::node_modules().join("axe-core/axe.min.js");
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("`{}`: {error}; run `make setup`", path.display()))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    fn post(driver: &Driver, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", driver.port)).expect("it listens");
        let body = body.to_string();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("it reads");
        // The driver keeps the connection open: what belongs to the answer is told by its length.
        let limit = Some(std::time::Duration::from_secs(40));
        stream.set_read_timeout(limit).expect("a limit can be set");
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("it answers in time");
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length is a number");
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the body is whole");
        serde_json::from_slice(&body).expect("an answer is JSON")
    }

    #[test]
    fn a_view_has_the_size_colors_and_language_that_were_asked_for() {
        let driver = Driver::start();
        for view in [View::PHONE.lang("ko"), View::DESK.dark().lang("vi")] {
            let asked = json!({ "capabilities": { "alwaysMatch": driver.capabilities(view) } });
            let session = post(&driver, "/session", &asked)["value"]["sessionId"].clone();
            let session = session
                .as_str()
                .unwrap_or_else(|| panic!("no session: {}", driver.log()))
                .to_owned();
            let script = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, navigator.language]";
            let seen = post(
                &driver,
                &format!("/session/{session}/execute/sync"),
                &json!({ "script": script, "args": [] }),
            );
            assert_eq!(seen["value"], json!([view.width, view.dark, view.lang]));
            let checker =
                json!({ "script": format!("{}; return typeof axe.run", axe()), "args": [] });
            let loaded = post(&driver, &format!("/session/{session}/execute/sync"), &checker);
            assert_eq!(loaded["value"], "function");
        }
    }
}
