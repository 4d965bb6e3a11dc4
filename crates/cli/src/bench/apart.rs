//! Server and generator on processors of their own: else the one pays for waking the other, now and then.

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The processors of this thread, the first and the others; none where there is only one.
fn halves() -> Option<(CpuSet, CpuSet, CpuSet)> {
    let all = sched_getaffinity(None).ok().filter(|it| it.count() > 1)?;
    let (mut first, mut others) = (CpuSet::new(), all);
    let number = (0..CpuSet::MAX_CPU).find(|it| all.is_set(*it))?;
    first.set(number);
    others.unset(number);
    Some((all, first, others))
}

/// Runs this with the first processor alone; a process that it starts stays there.
pub(super) fn first<T>(work: impl FnOnce() -> T) -> T {
    let halves = halves();
    if let Some((_, first, _)) = &halves {
        let _ = sched_setaffinity(None, first);
    }
    let done = work();
    if let Some((all, ..)) = &halves {
        let _ = sched_setaffinity(None, all);
    }
    done
}

/// While it lives, this program leaves the first processor to its servers.
pub(super) struct Others(Option<CpuSet>);

impl Others {
    pub(super) fn new() -> Others {
        Others(halves().map(|(all, _, others)| {
            every_thread(&others);
            all
        }))
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        if let Some(all) = &self.0 {
            every_thread(all);
        }
    }
}

/// Threads that are started later do as the one that starts them.
fn every_thread(set: &CpuSet) {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    for thread in threads {
        let number = thread.file_name().to_str().and_then(|it| it.parse().ok());
        if let Some(thread) = number.and_then(Pid::from_raw) {
            // One that has ended meanwhile needs no place.
            let _ = sched_setaffinity(Some(thread), set);
        }
    }
}
