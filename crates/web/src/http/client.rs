//! Where a request comes from: the connection says it, and behind a proxy that the operator
//! names, what that proxy says.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// More hops than this nobody has; the rest of a longer list is not read.
const HOPS_MAX: usize = 20;

/// An address or a network: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network; write it like 10.0.0.7 or 10.0.0.0/8")]
pub struct NoNetwork(String);

impl Network {
    /// True when the address lies in it.
    pub fn holds(&self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(ip)) => {
                let shift = 32 - self.bits;
                (own.to_bits() ^ ip.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(ip)) => {
                let shift = 128 - self.bits;
                (own.to_bits() ^ ip.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Network, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.trim().parse().ok().filter(|it| *it <= most).ok_or_else(wrong)?,
            None => most,
        };
        Ok(Network { address, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.address, self.bits)
    }
}

/// Who asks, as far as it can be believed.
#[derive(Clone, Copy, Debug)]
struct Client(IpAddr);

/// The address a request came from.
pub fn ip(extensions: &Extensions) -> IpAddr {
    extensions.get::<Client>().map_or_else(|| peer(extensions), |it| it.0)
}

fn peer(extensions: &Extensions) -> IpAddr {
    let info = extensions.get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |it| it.0.ip().to_canonical())
}

/// Goes back from the connection through `X-Forwarded-For`, as long as a trusted proxy speaks.
/// What stands before the first stranger was written by that stranger.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let believed = |ip: IpAddr| trusted.iter().any(|it| it.holds(ip));
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
    let list: Vec<&str> = values.flat_map(|it| it.split(',')).collect();
    let mut ip = peer;
    for hop in list.iter().rev().take(HOPS_MAX) {
        if !believed(ip) {
            break;
        }
        match hop_ip(hop.trim()) {
            Some(before) => ip = before,
            None => break,
        }
    }
    ip
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn hop_ip(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()))?;
    Some(IpAddr::to_canonical(&ip))
}

/// Notes who asks before anything else looks at it.
pub async fn note(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = behind(peer(request.extensions()), request.headers(), &trusted);
    request.extensions_mut().insert(Client(client));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_what_lies_in_them() {
        let cases = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "fe80::1", true),
        ];
        for (network, ip, holds) in cases {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.holds(ip.parse().unwrap()), holds, "{network} {ip}");
        }
        for text in ["", "proxy", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted: Vec<Network> =
            ["10.0.0.0/8", "::1"].iter().map(|it| it.parse().unwrap()).collect();
        let cases: [(&str, &[&str], &str); 9] = [
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("::1", &["203.0.113.9:5000"], "203.0.113.9"),
            ("10.0.0.1", &["[2001:db8::1]:5000"], "2001:db8::1"),
            // A stranger says whatever they like.
            ("198.51.100.1", &["203.0.113.9"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 203.0.113.9"], "203.0.113.9"),
            // Two proxies of our own, in one head or in two.
            ("10.0.0.1", &["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9", "10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ];
        for (peer, heads, client) in cases {
            let mut headers = HeaderMap::new();
            for head in heads {
                headers.append("x-forwarded-for", head.parse().unwrap());
            }
            let found = behind(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {heads:?}");
        }
    }
}
