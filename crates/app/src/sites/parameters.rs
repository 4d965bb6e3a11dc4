//! What a site sets for the packages it installs. Secrets are not among it: they live at the site.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::Check;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ProductId, SiteId};
use roadbook_core::package::{Manifest, Parameter};
use roadbook_store::agents::SiteParameter;
use roadbook_store::{Scope, artifacts, parameters, products, versions};
use serde_json::json;

/// Parameters that one site sets for one product.
const PARAMETERS_MAX: usize = 100;
/// Characters of a value.
const VALUE_CHARS_MAX: usize = 1024;

/// What a site may set for a product, and what it did set.
#[derive(Clone, Debug)]
pub struct ParameterSheet {
    /// Product.
    pub product: ProductId,
    /// Its name.
    pub product_name: String,
    /// What the newest package declares.
    pub declared: Vec<Parameter>,
    /// What is set, by name.
    pub set: Vec<SiteParameter>,
}

impl App {
    /// What a site sets, for each product that it runs or has set something for.
    #[boxed]
    pub async fn site_parameters(&self, call: &Call, site: &SiteId) -> Result<Vec<ParameterSheet>> {
        let place = self.site_resource(site).await?;
        call.authorize(Action::View, Kind::Site, &place, "site")?;
        let set = parameters::of_site(self.store(), site).await?;
        let runs = versions::of_site(self.store(), site).await?;
        let mut ids: Vec<ProductId> = runs.into_iter().map(|it| it.product_id).collect();
        ids.extend(set.iter().map(|it| it.product_id.clone()));
        ids.sort();
        ids.dedup();
        let mut sheets = Vec::new();
        for product in ids {
            let declared = self.parameters_declared(&product).await?;
            let mine: Vec<SiteParameter> =
                set.iter().filter(|it| it.product_id == product).cloned().collect();
            if declared.is_empty() && mine.is_empty() {
                continue;
            }
            let found = products::get(self.store(), &Scope::all(), &product).await?;
            let product_name = found.map(|it| it.name).unwrap_or_default();
            sheets.push(ParameterSheet { product, product_name, declared, set: mine });
        }
        Ok(sheets)
    }

    /// What the newest package of a product lets a site set.
    async fn parameters_declared(&self, product: &ProductId) -> Result<Vec<Parameter>> {
        let list = artifacts::of_product(self.store(), product).await?;
        let text = list.into_iter().find_map(|it| it.manifest);
        let manifest = text.and_then(|it| serde_json::from_str::<Manifest>(&it).ok());
        Ok(manifest.map(|it| it.parameters).unwrap_or_default())
    }

    /// Sets a parameter of a site; without a value it is taken away.
    #[boxed]
    pub async fn site_parameter_set(
        &self,
        call: &Call,
        site: &SiteId,
        product: &ProductId,
        name: &str,
        value: Option<&str>,
    ) -> Result<Receipt> {
        let place = self.site_resource(site).await?;
        call.authorize(Action::Edit, Kind::Site, &place, "site")?;
        if products::get(self.store(), &Scope::all(), product).await?.is_none() {
            return Err(Error::NotFound { what: "product" });
        }
        let mut check = Check::new();
        let name = check.key("name", name);
        let long = |it: &str| it.chars().count() > VALUE_CHARS_MAX || it.contains('\0');
        if value.is_some_and(long) {
            let message = format!("a value has at most {VALUE_CHARS_MAX} characters");
            check.wrong("value", "too_long", message);
        }
        let declared = self.parameters_declared(product).await?;
        if value.is_some() && declared.iter().any(|it| it.name == name && it.secret) {
            let message = "is a secret: set it at the site with its agent, it never comes here";
            check.wrong("name", "secret", message);
        }
        let set = parameters::of_site(self.store(), site).await?;
        let mine = set.iter().filter(|it| it.product_id == *product);
        if value.is_some() && mine.clone().count() >= PARAMETERS_MAX {
            check.wrong("name", "too_many", format!("a site sets at most {PARAMETERS_MAX}"));
        }
        check.done()?;
        let mut commit = self.begin(call);
        commit.writes.push(match value {
            Some(value) => parameters::set(&SiteParameter {
                site_id: site.clone(),
                product_id: product.clone(),
                name: name.clone(),
                value: value.to_owned(),
                at: self.now(),
            }),
            None => parameters::remove(site, product, &name),
        });
        let kind = if value.is_some() { "site.parameter_set" } else { "site.parameter_removed" };
        let body = json!({ "product": product.as_str(), "name": name, "value": value });
        let commit = commit.entry(format!("site/{site}"), kind, body);
        let receipt = Receipt { id: site.to_string(), label: name, ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }
}
