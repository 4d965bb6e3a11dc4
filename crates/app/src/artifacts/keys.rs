//! The public halves of release keys. The secret ones never come near a server.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use roadbook_core::access::{Action, Actor, Kind};
use roadbook_core::ids::ProductId;
use roadbook_store::artifacts::{self, ReleaseKey};
use serde_json::json;

/// A key to add. That it is a key was found out by whoever read it.
#[derive(Clone, Debug)]
pub struct KeyInput {
    /// Id, 16 hexadecimal digits.
    pub id: String,
    /// Minisign's form.
    pub public_key: String,
    /// For people.
    pub comment: String,
}

impl App {
    /// The keys of a product, also the retired ones.
    #[boxed]
    pub async fn key_list(&self, actor: &Actor, product: &ProductId) -> Result<Vec<ReleaseKey>> {
        let place = self.product_resource(product).await?;
        Call::of(actor.clone()).authorize(Action::View, Kind::Product, &place, "product")?;
        Ok(artifacts::keys(self.store(), product).await?)
    }

    /// Adds a key with which packages of a product may be signed.
    #[boxed]
    pub async fn key_add(
        &self,
        call: &Call,
        product: &ProductId,
        input: KeyInput,
    ) -> Result<Receipt> {
        let place = self.product_resource(product).await?;
        call.authorize(Action::Edit, Kind::Product, &place, "product")?;
        let mut check = Check::new();
        let comment = check.remark("comment", &input.comment, false);
        check.done()?;
        let row = ReleaseKey {
            product_id: product.clone(),
            key_id: input.id,
            public_key: input.public_key,
            comment,
            added_by: call.actor.name(),
            at: self.now(),
            retired_at: None,
            revision: 1,
        };
        let facts = json!({ "key": row.key_id, "public_key": row.public_key });
        let commit = self.begin(call).write(artifacts::insert_key(&row));
        let commit = commit.entry(format!("product/{product}"), "release_key.added", facts);
        let receipt = Receipt {
            id: row.key_id,
            label: row.comment,
            revision: 1,
            created: true,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// Believes a key no more. What it signed before stays listed; nothing new is taken.
    #[boxed]
    pub async fn key_retire(
        &self,
        call: &Call,
        product: &ProductId,
        id: &str,
        reason: &str,
    ) -> Result<Receipt> {
        let place = self.product_resource(product).await?;
        call.authorize(Action::Edit, Kind::Product, &place, "product")?;
        let mut check = Check::new();
        let reason = check.remark("reason", reason, true);
        check.done()?;
        let all = artifacts::keys(self.store(), product).await?;
        let found = all.into_iter().find(|it| it.key_id == id);
        let found = found.ok_or(Error::NotFound { what: "key" })?;
        call.check_revision(found.revision, "key")?;
        let receipt = Receipt {
            id: id.to_owned(),
            label: found.comment.clone(),
            revision: found.revision + 1,
            ..Receipt::default()
        };
        let after = ReleaseKey { retired_at: Some(self.now()), ..found };
        let commit = self.begin(call).write(artifacts::update_key(&after));
        let facts = json!({ "key": id, "reason": reason });
        let commit = commit.entry(format!("product/{product}"), "release_key.retired", facts);
        self.finish(call, commit, receipt).await
    }
}
