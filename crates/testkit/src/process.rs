//! Runs programs beside a test: waits for their ready line, keeps what they say, and never leaves one behind.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a program may take until it is ready: the first start on a busy machine is slow.
pub const READY: Duration = Duration::from_mins(1);

/// A running program; it is killed when the value goes away.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    log: Arc<Mutex<String>>,
    name: String,
}

impl Running {
    /// Starts `command` with its pipes held here.
    pub fn spawn(mut command: Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("cannot start `{name}`: {error}"));
        let log = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = channel();
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            each_line(out, |line| {
                keep(&kept, &line);
                // The test may have stopped listening; the program goes on.
                let _ = sender.send(line);
            });
        });
        let kept = Arc::clone(&log);
        thread::spawn(move || each_line(err, |line| keep(&kept, &line)));
        let stdin = child.stdin.take();
        Self { child, stdin, lines, log, name }
    }

    /// Starts the binary at `program` with `args`, and waits until a line of its output starts with `ready`.
    /// Returns the rest of that line.
    pub fn start(program: &Path, args: &[&str], ready: &str) -> (Self, String) {
        let mut command = Command::new(program);
        command.args(args);
        let mut running = Self::spawn(command);
        let rest = running.wait_line(ready, READY);
        (running, rest)
    }

    /// Waits for a line of standard output that starts with `prefix`; returns what follows, without blanks around it.
    pub fn wait_line(&mut self, prefix: &str, limit: Duration) -> String {
        loop {
            match self.lines.recv_timeout(limit) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(prefix) {
                        return rest.trim().to_owned();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!(
                        "`{}` did not say `{prefix}` in {limit:?}; it said:\n{}",
                        self.name,
                        self.log()
                    )
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status =
                        self.child.wait().map_or_else(|e| e.to_string(), |s| s.to_string());
                    panic!(
                        "`{}` ended ({status}) before it said `{prefix}`; it said:\n{}",
                        self.name,
                        self.log()
                    )
                }
            }
        }
    }

    /// The next line of standard output, if one comes in time.
    pub fn next_line(&mut self, limit: Duration) -> Option<String> {
        self.lines.recv_timeout(limit).ok()
    }

    /// Writes one line to its standard input.
    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).unwrap_or_else(|error| {
            panic!(
                "`{}` does not listen: {error}; it said:\n{}",
                self.name,
                self.log.lock().map(|l| l.clone()).unwrap_or_default()
            )
        });
    }

    /// Everything it said so far, both outputs mixed.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end (SIGTERM) and waits for its end.
    pub fn terminate(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "`{}` is already gone", self.name);
        self.child.wait().expect("a child can be waited for")
    }

    /// Ends it at once (SIGKILL), as a power cut of the process would.
    pub fn kill(mut self) -> ExitStatus {
        // Gone already is as good as killed.
        let _ = self.child.kill();
        self.child.wait().expect("a child can be waited for")
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self) -> ExitStatus {
        drop(self.stdin.take());
        self.child.wait().expect("a child can be waited for")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("`{}` said:\n{}", self.name, self.log());
        }
    }
}

fn each_line(pipe: Option<impl Read>, mut with: impl FnMut(String)) {
    let Some(pipe) = pipe else { return };
    for line in BufReader::new(pipe).split(b'\n') {
        let Ok(line) = line else { return };
        with(String::from_utf8_lossy(&line).trim_end().to_owned());
    }
}

fn keep(log: &Mutex<String>, line: &str) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.push_str(line);
    log.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Running::spawn(command)
    }

    #[test]
    fn a_program_is_talked_to_and_ends() {
        let mut running = shell(
            "echo noise; echo 'ready 8080'; read line; echo \"heard $line\"; echo late >&2; exit 3",
        );
        assert_eq!(running.wait_line("ready ", READY), "8080");
        running.say("hello");
        assert_eq!(running.wait_line("heard", READY), "hello");
        assert_eq!(running.wait().code(), Some(3));
    }

    #[test]
    fn nothing_is_left_behind() {
        let running = shell("echo up; exec cat");
        let id = running.id().to_string();
        drop(running);
        let alive = Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status();
        assert!(!alive.expect("kill runs").success());
    }

    #[test]
    #[should_panic(expected = "broken on purpose")]
    fn an_early_end_shows_what_the_program_said() {
        shell("echo broken on purpose; exit 1").wait_line("ready", READY);
    }
}
