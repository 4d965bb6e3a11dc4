//! Free ports of the loopback. Prefer servers that take port 0 and tell their port: between finding a port here and using
//! it, another process may take it.

use std::net::TcpListener;

/// A port that was free a moment ago.
pub fn free() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_can_be_bound() {
        TcpListener::bind(("127.0.0.1", free())).expect("the port is free");
    }
}
