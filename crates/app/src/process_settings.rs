//! Settings of processes: the process owner sets them for the organization, and where the process
//! allows it whoever edits a product for that product. A run takes them when it is opened.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::ProductId;
use roadbook_core::process::expr::Value;
use roadbook_core::process::settings;
use roadbook_core::process::template::{Setting, Template};
use roadbook_store::process_settings::{self as rows, ProcessSetting};
use roadbook_store::products;
use serde_json::json;
use std::collections::BTreeMap;

/// Characters of a value.
const VALUE_CHARS_MAX: usize = 200;
/// Scope of what holds for every product.
const ORGANIZATION: &str = "";

/// A setting of a process with what was set.
#[derive(Clone, Debug)]
pub struct SettingView {
    /// As the process declares it.
    pub declared: Setting,
    /// For every product.
    pub organization: Option<Value>,
    /// For single products that the reader may see: id, name, value.
    pub products: Vec<(ProductId, String, Value)>,
    /// The reader may set it for the organization.
    pub may_set: bool,
}

impl App {
    /// The settings of a process in force, in the order of its file.
    #[boxed]
    pub async fn process_settings(&self, call: &Call, id: &str) -> Result<Vec<SettingView>> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let (_, template) = self.process_in_force(id).await.map_err(unknown)?;
        let may_set = allowed(&call.actor, Action::Edit, Kind::Process, &Resource::whole());
        let scope = self.scope_for(&call.actor).await?;
        let set = rows::of_process(self.store(), id).await?;
        let mut list = Vec::new();
        for declared in &template.settings {
            let mut view = SettingView {
                declared: declared.clone(),
                organization: None,
                products: Vec::new(),
                may_set,
            };
            for row in set.iter().filter(|it| it.name == declared.id) {
                let Some(value) = settings::read(&declared.kind, &row.value) else { continue };
                let Ok(product) = ProductId::parse(&row.scope) else {
                    view.organization = Some(value);
                    continue;
                };
                if let Some(found) = products::get(self.store(), &scope, &product).await? {
                    view.products.push((product, found.name, value));
                }
            }
            list.push(view);
        }
        Ok(list)
    }

    /// Sets a setting for the organization or for one product; without a value what stands above
    /// it holds again.
    #[boxed]
    pub async fn process_setting_set(
        &self,
        call: &Call,
        id: &str,
        name: &str,
        product: Option<&ProductId>,
        value: Option<&str>,
    ) -> Result<Receipt> {
        call.authorize(Action::View, Kind::Process, &Resource::whole(), "process")?;
        let (_, template) = self.process_in_force(id).await.map_err(unknown)?;
        let declared = template.settings.iter().find(|it| it.id == name);
        let declared = declared.ok_or(Error::NotFound { what: "setting" })?;
        self.setting_authorize(call, declared, product).await?;
        let value = match value.map(str::trim).filter(|it| !it.is_empty()) {
            Some(text) if text.chars().count() > VALUE_CHARS_MAX => {
                let message = format!("at most {VALUE_CHARS_MAX} characters");
                return Err(Error::field("value", "too_long", message));
            }
            Some(text) => {
                let read = settings::read(&declared.kind, text);
                let written = read.as_ref().and_then(settings::write);
                Some(written.ok_or_else(|| Error::field("value", "wrong_type", wanted(declared)))?)
            }
            None => None,
        };
        let scope = product.map_or(ORGANIZATION, ProductId::as_str);
        let mut commit = self.begin(call);
        commit.writes.push(match &value {
            Some(value) => rows::set(&ProcessSetting {
                process_id: id.to_owned(),
                scope: scope.to_owned(),
                name: name.to_owned(),
                value: value.clone(),
                set_by: call.actor.name(),
                at: self.now(),
            }),
            None => rows::remove(id, scope, name),
        });
        let body =
            json!({ "setting": name, "product": product.map(ProductId::as_str), "value": value });
        let commit = commit.entry(format!("process/{id}"), "process.setting_set", body);
        let receipt = Receipt { id: id.to_owned(), label: name.to_owned(), ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    async fn setting_authorize(
        &self,
        call: &Call,
        declared: &Setting,
        product: Option<&ProductId>,
    ) -> Result<()> {
        let Some(product) = product else {
            return call.authorize(Action::Edit, Kind::Process, &Resource::whole(), "process");
        };
        let resource = self.product_resource(product).await?;
        call.authorize(Action::View, Kind::Product, &resource, "product")?;
        if declared.set_by != "product" {
            let message = "this setting is one for the whole organization; leave the product out";
            return Err(Error::field("product", "not_here", message));
        }
        let owner = allowed(&call.actor, Action::Edit, Kind::Process, &Resource::whole());
        if owner {
            Ok(())
        } else {
            call.authorize(Action::Edit, Kind::Product, &resource, "product")
        }
    }

    /// What a new run of a process takes for a product besides the defaults.
    pub(crate) async fn settings_for(
        &self,
        template: &Template,
        product: &ProductId,
    ) -> Result<BTreeMap<String, Value>> {
        if template.settings.is_empty() {
            return Ok(BTreeMap::new());
        }
        let set = rows::of_process(self.store(), &template.id).await?;
        let layer = |scope: &str| -> BTreeMap<String, String> {
            let of = set.iter().filter(|it| it.scope == scope);
            of.map(|it| (it.name.clone(), it.value.clone())).collect()
        };
        let (organization, own) = (layer(ORGANIZATION), layer(product.as_str()));
        Ok(settings::effective(template, &[&organization, &own]))
    }
}

/// A process that is not there is not found, rather than a wrong field.
fn unknown(error: Error) -> Error {
    match error {
        Error::Invalid(_) => Error::NotFound { what: "process" },
        other => other,
    }
}

fn wanted(declared: &Setting) -> String {
    use roadbook_core::process::template::FieldType as T;
    match &declared.kind {
        T::Bool => "`true` or `false`".to_owned(),
        T::Number => "a whole number".to_owned(),
        T::Enum(values) => format!("one of {}", values.join(", ")),
        _ => "a text".to_owned(),
    }
}
