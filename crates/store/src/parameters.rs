//! What sites set for the products they run.

use crate::Store;
use crate::agents::SiteParameter;
use crate::commit::{Expect, Write};
use crate::error::StoreError;
use crate::table::{self, select};
use crate::value::Cell;
use roadbook_core::ids::{ProductId, SiteId};

/// Everything that a site set, by product and name.
pub async fn of_site(store: &Store, site: &SiteId) -> Result<Vec<SiteParameter>, StoreError> {
    select(store, "WHERE site_id = $1 ORDER BY product_id, name", vec![site.put()]).await
}

/// Sets a value, or another one.
pub fn set(parameter: &SiteParameter) -> Write {
    table::put(parameter)
}

/// Takes a value away.
pub fn remove(site: &SiteId, product: &ProductId, name: &str) -> Write {
    const SQL: &str =
        "DELETE FROM site_parameter WHERE site_id = $1 AND product_id = $2 AND name = $3";
    Write::new(SQL, vec![site.put(), product.put(), name.to_owned().put()], Expect::Any)
}
