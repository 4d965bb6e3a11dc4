//! The way to a PostgreSQL server: in the clear on this machine, over verified TLS to any other.
//!
//! `sslmode` and `sslrootcert` are read as libpq names them, but stricter: whatever is encrypted
//! is also verified, and nothing falls back to clear text by itself.

use crate::error::StoreError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::future::poll_fn;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A checked address with the means to reach it.
#[derive(Clone)]
pub(crate) struct Link {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Link {
    /// Reads `postgres://…`; what is wrong with it is said before anything is sent.
    pub(crate) fn parse(url: &str) -> Result<Link, StoreError> {
        let (url, ours) = take_ours(url);
        let mut config: Config =
            url.parse().map_err(|error| StoreError::Address(format!("{error}")))?;
        let encrypted = match ours.mode.as_deref() {
            Some("disable") => false,
            Some("require" | "verify-full") => true,
            // Bytes that never leave the machine need no certificate.
            None => !config.get_hosts().iter().all(is_here),
            Some(other) => {
                return Err(StoreError::Address(format!(
                    "`sslmode={other}` is not `disable` or `verify-full`; leave it out: a server \
                     on another machine is then reached over verified TLS"
                )));
            }
        };
        if !encrypted {
            config.ssl_mode(SslMode::Disable);
            return Ok(Link { config, tls: None });
        }
        config.ssl_mode(SslMode::Require);
        let tls = MakeRustlsConnect::new(client(ours.root.as_deref())?);
        Ok(Link { config, tls: Some(tls) })
    }

    /// Opens a connection; its other half runs until the client is dropped.
    pub(crate) async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        self.listen(|_| {}).await
    }

    /// As [`Link::connect`]; `heard` is told which process of the server rang on a channel that the
    /// client listens to.
    pub(crate) async fn listen(
        &self,
        heard: impl Fn(i32) + Send + 'static,
    ) -> Result<Client, tokio_postgres::Error> {
        match &self.tls {
            Some(tls) => open(&self.config, tls.clone(), heard).await,
            None => open(&self.config, NoTls, heard).await,
        }
    }
}

async fn open<T>(
    config: &Config,
    tls: T,
    heard: impl Fn(i32) + Send + 'static,
) -> Result<Client, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, mut connection) = config.connect(tls).await?;
    tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                Ok(AsyncMessage::Notification(it)) => heard(it.process_id()),
                Ok(_) => {}
                Err(error) => return tracing::warn!(%error, "a database connection ended"),
            }
        }
    });
    Ok(client)
}

/// The parameters that are answered here and not by the driver.
#[derive(Default)]
struct Ours {
    mode: Option<String>,
    root: Option<String>,
}

fn take_ours(url: &str) -> (String, Ours) {
    let Some((address, query)) = url.split_once('?') else {
        return (url.to_owned(), Ours::default());
    };
    let mut ours = Ours::default();
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", value)) => ours.mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => ours.root = Some(value.to_owned()),
            _ => rest.push(pair),
        }
    }
    let address =
        if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
    (address, ours)
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// Trusts the public authorities, or the given ones alone.
fn client(root: Option<&str>) -> Result<ClientConfig, StoreError> {
    let mut roots = RootCertStore::empty();
    match root {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let wrong = |why: String| StoreError::Address(format!("`sslrootcert={file}`: {why}"));
            let found = CertificateDer::pem_file_iter(Path::new(file))
                .map_err(|error| wrong(error.to_string()))?;
            for certificate in found {
                let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(wrong("it holds no certificate".into()));
            }
        }
    }
    // Named, because another part of the program may have chosen another one.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Address(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_over_tls_unless_it_is_switched_off() {
        let cases = [
            ("postgres://roadbook@127.0.0.1:5433/roadbook", Ok(false)),
            ("postgres://roadbook@localhost/roadbook?connect_timeout=3", Ok(false)),
            ("postgres:///roadbook?host=/run/postgresql", Ok(false)),
            ("postgres://roadbook@db.example.org/roadbook", Ok(true)),
            ("postgres://roadbook@10.0.0.7/roadbook?sslmode=require", Ok(true)),
            ("postgres://roadbook@127.0.0.1/roadbook?sslmode=verify-full", Ok(true)),
            ("postgres://roadbook@db.example.org/roadbook?sslmode=disable", Ok(false)),
            ("postgres://roadbook@db.example.org/roadbook?sslmode=prefer", Err("`sslmode=prefer`")),
            ("postgres://roadbook@[db/roadbook", Err("address of the database")),
            ("postgres://a@b/c?sslrootcert=/nowhere.pem", Err("`sslrootcert=/nowhere.pem`")),
        ];
        for (url, want) in cases {
            match (Link::parse(url), want) {
                (Ok(link), Ok(encrypted)) => assert_eq!(link.tls.is_some(), encrypted, "{url}"),
                (Err(error), Err(part)) => {
                    assert!(error.to_string().contains(part), "{url}: {error}");
                }
                (found, _) => panic!("{url}: {:?}", found.err()),
            }
        }
    }
}
