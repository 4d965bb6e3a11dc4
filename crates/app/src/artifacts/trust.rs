//! Sets of release keys for agents: a newer one is handed on with every order, and an agent believes
//! it only when enough keys of the one before have signed it. The server decides nothing here.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Actor, Kind};
use roadbook_core::ids::ProductId;
use roadbook_core::limits::TRUST_SETS_MAX;
use roadbook_store::artifacts::{self, TrustSet};
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// A set of keys to publish. That it follows the one before was found out by whoever read it.
#[derive(Clone, Debug)]
pub struct TrustInput {
    /// Its version.
    pub version: u64,
    /// The exact text that was signed.
    pub body: String,
    /// Its signatures, minisign's form.
    pub signatures: Vec<String>,
}

impl App {
    /// The sets of keys of a product, oldest first.
    #[boxed]
    pub async fn trust_list(&self, actor: &Actor, product: &ProductId) -> Result<Vec<TrustSet>> {
        let place = self.product_resource(product).await?;
        Call::of(actor.clone()).authorize(Action::View, Kind::Product, &place, "product")?;
        Ok(artifacts::trust_sets(self.store(), product).await?)
    }

    /// Publishes the next set: from now on it goes to every agent with its next order.
    #[boxed]
    pub async fn trust_publish(
        &self,
        call: &Call,
        product: &ProductId,
        input: TrustInput,
    ) -> Result<Receipt> {
        let place = self.product_resource(product).await?;
        call.authorize(Action::Edit, Kind::Product, &place, "product")?;
        let known = artifacts::trust_sets(self.store(), product).await?;
        if known.len() >= TRUST_SETS_MAX || input.version != known.len() as u64 + 1 {
            let wanted = known.len() + 1;
            let message = format!(
                "the set has version {}, and {wanted} comes next here; publish every set in its \
                 turn, {TRUST_SETS_MAX} at most",
                input.version
            );
            return Err(Error::Rule { code: "trust_order", message });
        }
        let row = TrustSet {
            product_id: product.clone(),
            version: known.len() as i64 + 1,
            signatures: json!(input.signatures).to_string(),
            body: input.body,
            published_by: call.actor.name(),
            at: self.now(),
        };
        let sha256 = hex::encode(Sha256::digest(row.body.as_bytes()));
        let facts = json!({
            "version": row.version,
            "sha256": sha256,
            "signatures": input.signatures.len(),
        });
        let commit = self.begin(call).write(artifacts::insert_trust_set(&row));
        let commit = commit.entry(format!("product/{product}"), "trust_set.published", facts);
        let receipt = Receipt {
            id: row.version.to_string(),
            label: sha256,
            revision: row.version,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }
}
