//! A store on each engine, for the stories that both must tell alike.

use jiff::Timestamp;
use roadbook_store::{Commit, Location, OpenOptions, Store};
use roadbook_testkit::postgres::Postgres;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// A place for a store, kept until the story ends.
pub struct Place {
    pub loc: Location,
    dir: TempDir,
    _server: Option<Arc<Postgres>>,
}

impl Place {
    pub fn sqlite() -> Place {
        let dir = TempDir::new().unwrap();
        Place { loc: Location::Sqlite(dir.path().join("data")), dir, _server: None }
    }

    pub fn postgres() -> Place {
        let server = Postgres::shared();
        let dir = TempDir::new().unwrap();
        let loc = Location::Postgres(server.database(), dir.path().join("data"));
        Place { loc, dir, _server: Some(server) }
    }

    /// Another, empty place of the same kind.
    pub fn another(&self) -> Place {
        match self.loc {
            Location::Postgres(..) => Place::postgres(),
            _ => Place::sqlite(),
        }
    }

    /// The directory around the data directory.
    pub fn outside(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Changes the database behind the store's back.
    pub async fn tamper(&self, sql: &str) {
        match &self.loc {
            Location::Sqlite(dir) | Location::Memory(dir) => {
                let conn = rusqlite::Connection::open(dir.join("roadbook.db")).unwrap();
                conn.execute_batch(sql).unwrap();
            }
            Location::Postgres(url, _) => {
                let (client, connection) =
                    tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
                tokio::spawn(connection);
                client.batch_execute(sql).await.unwrap();
            }
        }
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.loc, &options()).await.unwrap()
    }
}

pub fn options() -> OpenOptions {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    OpenOptions::new(
        at(0),
        Arc::new(|bytes: &mut [u8]| {
            for byte in bytes {
                *byte = (DRAWN.fetch_add(1, Ordering::SeqCst) * 37) as u8;
            }
        }),
    )
}

/// A minute of the story.
pub fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + minute * 60).unwrap()
}

pub fn commit(minute: i64) -> Commit {
    Commit::new(at(minute), "per_test")
}

/// Makes one test per engine out of each story.
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$name(super::super::common::Place::sqlite()).await; })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$name(super::super::common::Place::postgres()).await; })+
        }
    };
}
pub(crate) use stories;
