//! Hooks as processes: an empty environment, a group of their own, an end.

use crate::ports::{HookEnd, Hooks, Job};
use crate::real::RealDisk;
use crate::real::ticks;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::collections::VecDeque;
use std::fs;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Lines that are kept of what a hook says, and letters of a line.
const LINES: usize = 46;
const LETTERS: usize = 512;
/// Where a hook finds the tools of the machine.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What stays after the end of a hook is waited for so long.
const AFTER: Duration = Duration::from_secs(2);

/// Variable by which everything that a hook started is found again.
const MARK: &str = "ROADBOOK_HOOK";
/// Where the mark of the hook that runs lies.
const RUNNING: &str = "hook.running";

/// Runs hooks in the versions' folders of a data directory.
#[derive(Debug)]
pub struct RealHooks {
    /// The data directory.
    pub disk: RealDisk,
}

impl Hooks for RealHooks {
    fn run(&mut self, job: &Job) -> io::Result<HookEnd> {
        let dir = self.disk.path(&job.dir);
        let Some((program, args)) = job.hook.argv.split_first() else {
            return Ok(bad("names no program".to_owned()));
        };
        let mut command = Command::new(dir.join(program));
        command.args(args).current_dir(&dir).env_clear().env("PATH", PATH).env("LANG", "C.UTF-8");
        command.envs(&job.env);
        for (name, path) in &job.paths {
            command.env(name, self.disk.path(path));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: at the timeout everything that the hook started ends with it.
        command.process_group(0);
        // What an agent that died has left running ends before anything runs again.
        self.sweep();
        let mark = format!(
            "{}:{}:{}",
            self.disk.path("").display(),
            std::process::id(),
            ticks().as_nanos()
        );
        command.env(MARK, &mark);
        fs::write(self.disk.path(RUNNING), &mark)?;
        let end = match command.spawn() {
            Ok(child) => wait(child, Duration::from_secs(u64::from(job.hook.timeout.max(1))))?,
            Err(error) => (bad(format!("cannot be started: {error}")), false),
        };
        if end.1 {
            self.sweep();
        }
        let _ = fs::remove_file(self.disk.path(RUNNING));
        Ok(end.0)
    }
}

impl RealHooks {
    /// Ends what a hook that was cut off has left running: everything with its mark.
    pub fn sweep(&self) {
        let Ok(mark) = fs::read_to_string(self.disk.path(RUNNING)) else { return };
        if mark.is_empty() {
            return;
        }
        let wanted = format!("{MARK}={mark}");
        let (_keep, never) = channel::<()>();
        for _ in 0..100 {
            let left = marked(&wanted);
            if left.is_empty() {
                break;
            }
            for pid in left {
                let _ = kill_process(pid, Signal::KILL);
            }
            // Until the system has taken them away.
            let _ = never.recv_timeout(Duration::from_millis(20));
        }
        let _ = fs::remove_file(self.disk.path(RUNNING));
    }
}

/// Processes with this word in their environment, except those that only wait to be reaped.
fn marked(wanted: &str) -> Vec<Pid> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|text| text.parse().ok()).and_then(Pid::from_raw)
        else {
            continue;
        };
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        if environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes()) {
            found.push(pid);
        }
    }
    found
}

fn bad(how: String) -> HookEnd {
    HookEnd { ok: false, how, tail: Vec::new() }
}

fn wait(mut child: Child, limit: Duration) -> io::Result<(HookEnd, bool)> {
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    let (closed, ends) = channel::<()>();
    for pipe in [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    {
        let (tail, closed) = (Arc::clone(&tail), closed.clone());
        thread::spawn(move || {
            follow(pipe, &tail);
            drop(closed);
        });
    }
    drop(closed);
    let pid = Pid::from_child(&child);
    let (exited, exits) = channel();
    thread::spawn(move || {
        // Wakes the waiting turn; the process is reaped below, where its number is still its own.
        let _ = exited.send(child.wait());
    });
    let status = match exits.recv_timeout(limit) {
        Ok(status) => Some(status?),
        Err(_) => None,
    };
    if status.is_none() {
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = exits.recv_timeout(AFTER);
    }
    // A hook may start a service and end: its pipes may stay open, so that they are not waited for.
    drain(&ends);
    let tail: Vec<String> =
        tail.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    let (ok, how) = match status {
        Some(status) => (status.success(), ended(status)),
        None => (false, format!("was stopped after {} s", limit.as_secs())),
    };
    Ok((HookEnd { ok, how, tail }, status.is_none()))
}

fn drain(ends: &Receiver<()>) {
    let started = ticks();
    while let Some(left) = Duration::from_millis(200).checked_sub(ticks().saturating_sub(started)) {
        match ends.recv_timeout(left) {
            Ok(()) => {}
            Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => return,
        }
    }
}

fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        _ => "ended".to_owned(),
    }
}

/// Keeps the last lines; a line without end is cut, and what is no text is shown as such.
fn follow(mut pipe: Box<dyn Read + Send>, tail: &Mutex<VecDeque<String>>) {
    let mut line: Vec<u8> = Vec::new();
    let mut buffer = [0_u8; 4096];
    let keep = |line: &mut Vec<u8>| {
        let text: String = String::from_utf8_lossy(line)
            .chars()
            .filter(|c| !c.is_control() || *c == '\t')
            .take(LETTERS)
            .collect();
        line.clear();
        if text.trim().is_empty() {
            return;
        }
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == LINES {
            tail.pop_front();
        }
        tail.push_back(text);
    };
    while let Ok(count @ 1..) = pipe.read(&mut buffer) {
        for byte in &buffer[..count] {
            if *byte == b'\n' {
                keep(&mut line);
            } else if line.len() < 4 * LETTERS {
                line.push(*byte);
            }
        }
    }
    keep(&mut line);
}
