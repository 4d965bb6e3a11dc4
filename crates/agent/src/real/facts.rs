//! What the machine is, from the files of the system.

use crate::ports::{Disk, Facts};
use crate::real::RealDisk;
use std::collections::BTreeMap;
use std::fs;
use std::net::UdpSocket;

/// Facts of this machine.
#[derive(Clone, Debug)]
pub struct RealFacts {
    /// The data directory: its disk is the one that counts.
    pub disk: RealDisk,
    /// Address of the server: the interface towards it is the one that counts.
    pub server: String,
}

impl Facts for RealFacts {
    fn facts(&mut self) -> BTreeMap<String, String> {
        let mut facts = BTreeMap::new();
        let mut add = |name: &str, value: Option<String>| {
            facts.extend(value.filter(|text| !text.is_empty()).map(|text| (name.to_owned(), text)));
        };
        add("agent", Some(format!("roadbook-agent {}", env!("CARGO_PKG_VERSION"))));
        add("os", os().or_else(|| Some(std::env::consts::OS.to_owned())));
        add("kernel", line("/proc/sys/kernel/osrelease"));
        // As packages name it: the server chooses by this among those of a release.
        add("platform", Some(format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)));
        add("arch", Some(std::env::consts::ARCH.to_owned()));
        add("host", line("/proc/sys/kernel/hostname"));
        add("cpu", field("/proc/cpuinfo", "model name"));
        let cores = std::thread::available_parallelism().ok();
        add("cpu.cores", cores.map(|count| count.to_string()));
        add("memory", field("/proc/meminfo", "MemTotal").map(|text| mebibytes(&text)));
        // Rounded, so that it is no news at every look.
        let free = self.disk.free().ok();
        add("disk.free", free.map(|bytes| format!("{} GiB", bytes >> 30)));
        add("network", address(&self.server));
        facts
    }
}

fn line(path: &str) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn os() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

fn mebibytes(text: &str) -> String {
    let kibibytes = text.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
    kibibytes.map_or_else(|| text.to_owned(), |kibibytes| format!("{} MiB", kibibytes >> 10))
}

/// The address of this machine towards the server; nothing is sent for it.
fn address(server: &str) -> Option<String> {
    let rest = server.split("://").nth(1)?;
    let host = rest.split(['/', '?']).next()?;
    let target = if host.contains(':') { host.to_owned() } else { format!("{host}:443") };
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect(target).ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}
