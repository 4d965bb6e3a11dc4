//! Products as lists show them. Derived from their documents.

use crate::Store;
use crate::commit::Write;
use crate::error::StoreError;
use crate::page::{self, Order, Page, PageAsk};
use crate::scope::{Scope, Sql};
use crate::table::{self, row, select_one};
use crate::value::Cell;
use roadbook_core::ids::{ProductId, UnitId};

row! {
    /// A product's line in lists.
    pub struct ProductRow in "product" key (id) {
        /// Id.
        id: ProductId,
        /// Short name, unique.
        key: String,
        /// Name.
        name: String,
        /// The unit that owns it.
        unit_id: UnitId,
        /// Revision of the document it was derived from.
        revision: i64,
    }
}

/// Products, by key.
pub async fn list(
    store: &Store,
    scope: &Scope,
    ask: &PageAsk,
) -> Result<Page<ProductRow>, StoreError> {
    let mut sql = Sql::new("WHERE ");
    sql.product_visible(scope);
    let order = Order { columns: &["key"], descending: false };
    page::read(store, "p", sql, &order, ask).await
}

/// Products whose key or name has this text, by key.
pub async fn search(
    store: &Store,
    scope: &Scope,
    text: &str,
    ask: &PageAsk,
) -> Result<Page<ProductRow>, StoreError> {
    let pattern = page::contains(text);
    let mut sql = Sql::new("WHERE ");
    sql.product_visible(scope);
    sql.push(" AND (lower(p.key) LIKE ").bind(&pattern).push(" ESCAPE '!'");
    sql.push(" OR lower(p.name) LIKE ").bind(&pattern).push(" ESCAPE '!')");
    let order = Order { columns: &["key"], descending: false };
    page::read(store, "p", sql, &order, ask).await
}

/// How many products are visible.
pub async fn count(store: &Store, scope: &Scope) -> Result<i64, StoreError> {
    let mut sql = Sql::new("WHERE ");
    sql.product_visible(scope);
    table::count(store, "product p", sql).await
}

/// One product, if it is visible.
pub async fn get(
    store: &Store,
    scope: &Scope,
    id: &ProductId,
) -> Result<Option<ProductRow>, StoreError> {
    let mut sql = Sql::new("p WHERE p.id = ");
    sql.bind(id).push(" AND ").product_visible(scope);
    select_one(store, &sql.text, sql.params).await
}

/// The product with a key.
pub async fn by_key(store: &Store, key: &str) -> Result<Option<ProductRow>, StoreError> {
    select_one(store, "WHERE key = $1", vec![key.to_owned().put()]).await
}

/// Writes the line of a new product; misses when the key is taken.
pub fn insert(product: &ProductRow) -> Write {
    table::insert(product)
}

/// Writes the line of a product.
pub fn put(product: &ProductRow) -> Write {
    table::put(product)
}
