//! What processes and lists ask about sites: order of versions, conditions, sums.

use super::Among;
use crate::App;
use crate::boxed;
use crate::error::{Error, Result};
use roadbook_core::ids::{ProductId, ReleaseId, SiteId};
use roadbook_core::process::expr::{self, Expr, Names, Value};
use roadbook_core::release::{Release, facts};
use roadbook_core::rollout::Code;
use roadbook_core::run::SiteCounts;
use roadbook_core::version::{Scheme, Version};
use roadbook_store::sites::{self, Site};
use roadbook_store::{Scope, deployments, notices, rollouts, versions};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// A text that sorts as the version does under its scheme. A number that cannot be read sorts
/// after all others: it is never claimed to be older than something.
pub(crate) fn sort_key(scheme: &Scheme, text: &str) -> String {
    let numbers =
        |parts: &[u64]| parts.iter().map(|it| format!("{it:010}")).collect::<Vec<_>>().join(".");
    match scheme.parse(text) {
        Ok(Version::Vabcd(parts)) => numbers(&parts.map(u64::from)),
        Ok(Version::CalVer(parts)) => {
            numbers(&parts.iter().map(|it| u64::from(*it)).collect::<Vec<_>>())
        }
        Ok(Version::SemVer(version)) => {
            let main = numbers(&[version.major, version.minor, version.patch]);
            if version.pre.is_empty() {
                return format!("{main}~");
            }
            // Numbers before words, shorter lists before longer ones.
            let parts: Vec<String> = version
                .pre
                .split('.')
                .map(|it| match it.parse::<u64>() {
                    Ok(number) => format!("0{number:020}"),
                    Err(_) => format!("1{it}"),
                })
                .collect();
            format!("{main} {}", parts.join(" "))
        }
        Err(_) => format!("~{}", text.trim()),
    }
}

/// Names that conditions over a site may read.
struct SiteNames<'a> {
    site: &'a Site,
    tags: &'a [String],
    version: Option<&'a str>,
    scheme: &'a Scheme,
    release: &'a BTreeMap<String, Value>,
    fields: &'a BTreeMap<String, Value>,
}

/// A field as conditions over sites read it: of a list, the first cell of each row.
fn field(value: &Value) -> Value {
    let first = |row: &Value| match row {
        Value::List(cells) => cells.first().cloned().unwrap_or(Value::Null),
        other => other.clone(),
    };
    match value {
        Value::List(rows) => Value::List(rows.iter().map(first).collect()),
        other => other.clone(),
    }
}

impl Names for SiteNames<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let text = |it: &str| Some(Value::Text(it.to_owned()));
        match name {
            "site" | "site.id" => text(self.site.id.as_str()),
            "site.key" => text(&self.site.key),
            "site.class" => text(&self.site.class),
            "site.lang" => text(self.site.lang.code()),
            "site.zone" => text(&self.site.zone),
            "site.customer" => Some(self.site.customer.clone().map_or(Value::Null, Value::Text)),
            "site.update_authority" => text(&self.site.update_authority),
            "site.version" => {
                Some(self.version.map_or(Value::Null, |it| Value::Text(it.to_owned())))
            }
            "site.tags" => Some(Value::List(self.tags.iter().cloned().map(Value::Text).collect())),
            other => match other.strip_prefix("field.") {
                // What nobody answered names no site.
                Some(name) => Some(self.fields.get(name).map_or(Value::Null, field)),
                None => self.release.get(other).cloned(),
            },
        }
    }

    fn call(&self, name: &str, args: &[Value]) -> Option<Value> {
        match (name, args) {
            ("older", [Value::Text(left), Value::Text(right)]) => {
                let order = self.scheme.compare(left, right);
                Some(order.map_or(Value::Null, |it| Value::Bool(it == Ordering::Less)))
            }
            // A version that nobody knows is not claimed to be older.
            ("older", [_, _]) => Some(Value::Null),
            ("has_tag", [_, Value::Text(tag)]) => Some(Value::Bool(self.tags.contains(tag))),
            // A tag that a field was to name, and nobody answered.
            ("has_tag", [_, _]) => Some(Value::Bool(false)),
            _ => None,
        }
    }
}

impl App {
    /// How a product numbers its versions.
    pub(crate) async fn scheme_of(&self, product: &ProductId) -> Result<Scheme> {
        match self.product_load(product).await {
            Ok(loaded) => Ok(loaded.value.scheme),
            Err(Error::NotFound { .. }) => Ok(Scheme::default()),
            Err(error) => Err(error),
        }
    }

    /// Sites of a release for which a condition of its process holds; without one, all in use. For
    /// audiences, which are whole sites, and for waves, which update the parts of a site one by one.
    #[boxed]
    pub async fn sites_matching(
        &self,
        release: &Release,
        among: Among,
        condition: Option<&Expr>,
    ) -> Result<Vec<Site>> {
        let mut list = sites::of_release(self.store(), &Scope::all(), &release.id).await?;
        among.keep(&mut list);
        let Some(condition) = condition else { return Ok(list) };
        let scheme = self.scheme_of(&release.product).await?;
        let mut tags: HashMap<SiteId, Vec<String>> = HashMap::new();
        for tag in sites::tags_of_release(self.store(), &release.id).await? {
            tags.entry(tag.site_id).or_default().push(tag.tag);
        }
        let running: HashMap<SiteId, String> =
            versions::of_release(self.store(), &release.id, &release.product)
                .await?
                .into_iter()
                .map(|it| (it.site_id, it.version))
                .collect();
        let known = facts(release);
        let mut matching = Vec::new();
        for site in list {
            let of = |it: &SiteId| tags.get(it).map_or(&[][..], Vec::as_slice);
            // What a site is tagged with goes for its parts.
            let tags = match &site.part_of {
                None => Cow::Borrowed(of(&site.id)),
                Some(roof) => Cow::Owned([of(&site.id), of(roof)].concat()),
            };
            let names = SiteNames {
                tags: &tags,
                version: running.get(&site.id).map(String::as_str),
                scheme: &scheme,
                release: &known,
                fields: &release.run.fields,
                site: &site,
            };
            let takes = match (expr::eval(condition, &names), among) {
                (Ok(Value::Bool(holds)), _) => holds,
                (_, Among::Sites) => true,
                (Ok(_), Among::Places) => false,
                (Err(error), Among::Places) => {
                    let message =
                        format!("the condition `{}` has no value: {error}", condition.source);
                    return Err(Error::Rule { code: "condition", message });
                }
            };
            if takes {
                matching.push(site);
            }
        }
        Ok(matching)
    }

    /// Sums over the sites of a release. A site that put it off until a date that has come counts
    /// as not decided; a site that the vendor runs need not decide (D-23).
    #[boxed]
    pub async fn site_counts(&self, release: &ReleaseId) -> Result<SiteCounts> {
        let mut sums = SiteCounts::default();
        for (outcome, count) in deployments::outcomes(self.store(), release).await? {
            let count = count as u32;
            sums.total += count;
            match outcome.as_deref() {
                Some("installed") => sums.succeeded = count,
                Some("failed") => sums.failed = count,
                Some("rolled_back") => sums.rolled_back = count,
                Some("skipped") => sums.skipped = count,
                _ => {}
            }
        }
        // A site with parts is counted once among those that speak, and by its parts among those
        // that are updated.
        let parts = deployments::part_sums(self.store(), release).await?;
        sums.total = sums.total.saturating_sub(parts.parts as u32);
        sums.more_places = parts.parts.saturating_sub(parts.roofs) as u32;
        sums.more_declined = parts.declined.saturating_sub(parts.declined_roofs) as u32;
        let said = deployments::sums(self.store(), release, self.now()).await?;
        sums.accepted = said.accepted as u32;
        sums.postponed = said.postponed as u32;
        sums.declined = said.declined as u32;
        sums.feedback = said.feedback as u32;
        sums.informed = said.informed as u32;
        let talks = notices::contact_tasks(self.store(), release).await?;
        sums.contacts = talks.len() as u32;
        sums.contacts_open = talks.iter().filter(|it| it.done_at.is_none()).count() as u32;
        sums.stands = rollouts::of_release(self.store(), release)
            .await?
            .into_iter()
            .rfind(|it| it.kind == "install")
            .filter(rollouts::Rollout::stands)
            .and_then(|it| Some((Code::parse(it.reason_code.as_deref()?)?, it.wave as u32)));
        Ok(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::sort_key;
    use roadbook_core::version::Scheme;

    #[test]
    fn keys_sort_as_versions_do() {
        let four = ["V1.0.0.0001", "V1.2.99.7", "V1.3.0.0", "V1.10.0.0", "V2.0.0.0"];
        let semantic = [
            "0.9.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-alpha-1",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.10.0",
        ];
        for (scheme, list) in [(Scheme::default(), &four[..]), (Scheme::SemVer, &semantic[..])] {
            let keys: Vec<String> = list.iter().map(|it| sort_key(&scheme, it)).collect();
            assert!(keys.is_sorted(), "{keys:?}");
            for pair in list.windows(2) {
                let order = scheme.compare(pair[0], pair[1]);
                assert_eq!(order, Some(std::cmp::Ordering::Less), "{pair:?}");
            }
            assert!(sort_key(&scheme, "nightly") > keys[list.len() - 1]);
        }
    }
}
