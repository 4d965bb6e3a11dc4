//! The last mile with real parts: the ledger goes through whole processes, from a running server to
//! two hundred sites, ten of them with real agents, and on its way agents die, networks fail, disks
//! are full, clocks are wrong and packages are damaged.

#[path = "../it/http.rs"]
mod http;
#[expect(dead_code, reason = "shared with the stories of organizations")]
#[path = "../field/office.rs"]
mod office;
mod proxy;
#[expect(dead_code, reason = "shared with the tests of single commands")]
#[path = "../it/roadbook.rs"]
mod roadbook;
mod site;
mod story;
mod way;
mod world;

use roadbook_testkit::postgres::Postgres;
use way::Process;

// proves: S0-26/E S4c-14/E S4h-06/E S4h-06/C
#[test]
fn a_packaged_product_reaches_its_last_site_on_sqlite() {
    story::tell(Process::Vendor, None);
}

// proves: S2-47/E S4c-15/A S4h-06/E S4h-06/C
#[test]
fn the_upgrade_of_a_live_system_reaches_its_last_site_on_postgres() {
    let postgres = Postgres::shared();
    story::tell(Process::Enterprise, Some(postgres.database()));
}
