//! The example organizations: each imports its lists, works by the processes of its family, and
//! tells in its own language how a release went, over HTTP and on both databases.

use crate::founded::{Cast, ENTERPRISE, PRODUCT, SAAS, SERVICE, VENDOR, town};
use crate::own;
use crate::walk::{Script, Walk};
use crate::walking::Api;
use roadbook_testkit::postgres::Postgres;

/// Walks a process of an organization to its end.
async fn walked(cast: &Cast, script: Script, url: Option<String>) -> String {
    let api = Api::over(town(cast, url).await).await;
    let mut walk = Walk::begin(api, script).await;
    walk.to_the_end().await;
    walk.tale.text().to_owned()
}

/// The story is the same on both databases.
fn golden(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

macro_rules! stories {
    ($($name:ident: $cast:expr, $script:expr;)+) => {
        mod on_sqlite {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let text = walked(&$cast, $script, None).await;
                golden(stringify!($name), &text);
            })+
        }

        mod on_postgres {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let postgres = Postgres::shared();
                let text = walked(&$cast, $script, Some(postgres.database())).await;
                golden(stringify!($name), &text);
            })+
        }
    };
}

stories! {
    vendor_release: VENDOR, own::vendor_release();
    small_team_release: VENDOR, own::small_team_release();
    saas_features: SAAS, own::saas_features();
    saas_fixes: SAAS, own::saas_fixes();
    saas_server: SAAS, own::saas_server();
    saas_month_plan: SAAS, own::month_plan();
    enterprise_new_system: ENTERPRISE, own::enterprise_new_system();
    enterprise_upgrade: ENTERPRISE, own::enterprise_upgrade();
    service_release: SERVICE, own::service_release();
    service_failed_review: SERVICE, own::review("service/failed-review");
    service_monthly_report: SERVICE, own::review("service/monthly-report");
    service_yearly_review: SERVICE, own::review("service/yearly-review");
    product_main: PRODUCT, own::product("product/main", "main", "requirement_lead");
    product_patch: PRODUCT, own::product_patch();
    product_site: PRODUCT, own::product("product/site", "", "project_manager");
    readiness_production: PRODUCT, own::readiness_production();
    readiness_deployment: PRODUCT, own::product("readiness/deployment", "upgrade", "project_manager");
    development_project: PRODUCT, own::development_project();
    development_release: PRODUCT, own::development_release();
}
