//! Finding things by what people type: an id, or the short name people use.

use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Actor, Kind, Resource};
use roadbook_core::ids::{PersonId, ProductId, SiteId, UnitId};
use roadbook_store::products::ProductRow;
use roadbook_store::{Page, PageAsk, Scope, people, products, sites};

impl App {
    /// Products whose key or name has this text.
    #[boxed]
    pub async fn product_search(
        &self,
        scope: &Scope,
        text: &str,
        ask: &PageAsk,
    ) -> Result<Page<ProductRow>> {
        Ok(products::search(self.store(), scope, text, ask).await?)
    }

    /// Where a product stands, to judge what somebody may do with it.
    #[boxed]
    pub async fn product_place(&self, id: &ProductId) -> Result<Resource> {
        self.product_resource(id).await
    }

    /// A product by id or key.
    #[boxed]
    pub async fn product_find(&self, actor: &Actor, text: &str) -> Result<ProductId> {
        let found = match ProductId::parse(text) {
            Ok(id) => products::get(self.store(), &Scope::all(), &id).await?,
            Err(_) => products::by_key(self.store(), text).await?,
        };
        let found = found.ok_or(Error::NotFound { what: "product" })?;
        let place = Resource {
            units: self.unit_chain(&found.unit_id).await?,
            product: Some(found.id.clone()),
            ..Resource::default()
        };
        crate::Call::of(actor.clone()).authorize(Action::View, Kind::Product, &place, "product")?;
        Ok(found.id)
    }

    /// A person by id or login.
    #[boxed]
    pub async fn person_find(&self, text: &str) -> Result<PersonId> {
        let found = match PersonId::parse(text) {
            Ok(id) => people::get(self.store(), &id).await?,
            Err(_) => people::by_login(self.store(), text).await?,
        };
        found.map(|it| it.id).ok_or(Error::NotFound { what: "person" })
    }

    /// A unit by what lists call it.
    #[boxed]
    pub async fn unit_find(&self, key: &str) -> Result<UnitId> {
        let keys = self.unit_keys().await?;
        let found = keys.into_iter().find(|it| it.0 == key);
        found.map(|it| it.1.value.unit).ok_or(Error::NotFound { what: "unit" })
    }

    /// A site by id or key, if this reader may see it.
    #[boxed]
    pub async fn site_find(&self, scope: &Scope, text: &str) -> Result<SiteId> {
        let found = match SiteId::parse(text) {
            Ok(id) => sites::get(self.store(), scope, &id).await?,
            Err(_) => sites::by_key(self.store(), scope, text).await?,
        };
        found.map(|it| it.id).ok_or(Error::NotFound { what: "site" })
    }
}
