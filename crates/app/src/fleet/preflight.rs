//! Before an order goes out: what the site reports of itself is compared with what is recorded of
//! it. Where they differ, somebody looks first.

use crate::App;
use crate::error::Result;
use roadbook_core::ids::{ProductId, SiteId};
use roadbook_store::{agents, versions};

/// The parameter and the fact that name where a product is installed.
const PATH: &str = "path";

impl App {
    /// What does not fit, in words; `None` when all that is known fits.
    pub(super) async fn preflight(
        &self,
        site: &SiteId,
        product: &ProductId,
        key: &str,
    ) -> Result<Option<String>> {
        let facts = agents::facts(self.store(), site).await?;
        let fact = |name: String| facts.iter().find(|it| it.name == name);
        let past = versions::history(self.store(), site, product).await?;
        if let (Some(told), Some(known)) = (fact(format!("installed.{key}")), past.last())
            // A fact from before the record changed says nothing against it.
            && told.at > known.at
            && told.value != known.version
        {
            return Ok(Some(format!(
                "the site runs {} and the record says {}; correct the record or the site first",
                told.value, known.version
            )));
        }
        let set = agents::parameters(self.store(), site, product).await?;
        let wanted = set.iter().find(|it| it.name == PATH);
        if let (Some(told), Some(wanted)) = (fact(format!("{PATH}.{key}")), wanted)
            && told.value != wanted.value
        {
            return Ok(Some(format!(
                "the site installs to {} and the record says {}; correct one of them first",
                told.value, wanted.value
            )));
        }
        Ok(None)
    }
}
