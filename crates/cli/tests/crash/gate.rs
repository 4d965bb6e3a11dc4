//! Where the server is, for those who write to it while it dies and comes back.

use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// A server that answers: its number and its address.
#[derive(Clone, Copy, Debug)]
pub struct Epoch {
    pub number: u64,
    pub address: SocketAddr,
}

#[derive(Default)]
struct State {
    epoch: Option<Epoch>,
    /// Calls that this server acknowledged.
    acknowledged: u64,
    /// Clients end what they began and begin nothing new.
    finishing: bool,
    /// Clients stop at once: the world is lost.
    given_up: bool,
}

/// Shared by the one who kills and those who write.
#[derive(Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    /// True from a moment before the fault: an answer read after it counts as not heard.
    sealed: RwLock<bool>,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, with: impl FnOnce(&mut State)) {
        with(&mut self.state());
        self.changed.notify_all();
    }

    /// A server answers here.
    pub fn open(&self, epoch: Epoch) {
        *self.sealed.write().unwrap_or_else(PoisonError::into_inner) = false;
        self.change(|state| {
            state.epoch = Some(epoch);
            state.acknowledged = 0;
        });
    }

    /// From now on nothing counts as heard.
    pub fn seal(&self) {
        *self.sealed.write().unwrap_or_else(PoisonError::into_inner) = true;
        self.change(|state| state.epoch = None);
    }

    /// Does this unless the gate is sealed, and keeps it from being sealed meanwhile.
    pub fn heard(&self, note: impl FnOnce()) -> bool {
        let sealed = self.sealed.read().unwrap_or_else(PoisonError::into_inner);
        if !*sealed {
            note();
        }
        !*sealed
    }

    /// Somebody was told that their call is done.
    pub fn acknowledged(&self) {
        self.change(|state| state.acknowledged += 1);
    }

    /// Waits until this server acknowledged so many calls, but not for longer than this.
    pub fn wait_acknowledged(&self, calls: u64, longest: Duration) {
        let fewer = |state: &mut State| state.acknowledged < calls;
        let waited = self.changed.wait_timeout_while(self.state(), longest, fewer);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Nothing new is begun.
    pub fn finish(&self) {
        self.change(|state| state.finishing = true);
    }

    /// Nothing is done any more.
    pub fn give_up(&self) {
        self.change(|state| {
            state.finishing = true;
            state.given_up = true;
        });
    }

    pub fn finishing(&self) -> bool {
        self.state().finishing
    }

    /// Waits for a server later than `failed`. `None` when there will be none.
    pub fn server(&self, failed: u64) -> Option<Epoch> {
        let mut state = self.state();
        loop {
            if state.given_up {
                return None;
            }
            match state.epoch {
                Some(epoch) if epoch.number > failed => return Some(epoch),
                _ => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}
