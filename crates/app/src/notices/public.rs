//! The public page of releases and its subscribers. Only what a website notice said is public.

use super::render::{Letter, Links, gaps};
use super::words::{Word, word};
use super::{
    Facts, Recipient, RecipientKind, Rendered, channel, digest, facts_of, state, token_hash,
};
use crate::App;
use crate::boxed;
use crate::call::Receipt;
use crate::error::{Error, Result};
use crate::ports::Mail;
use jiff::Timestamp;
use roadbook_core::ids::{ProductId, ReleaseId};
use roadbook_core::notice::NoticeKind;
use roadbook_core::text::Lang;
use roadbook_store::notices::{self as rows, Notice, Subscriber};
use roadbook_store::{Scope, products, sessions};
use serde_json::json;
use std::collections::BTreeMap;

/// How many releases the public page goes back.
const SHOWN: usize = 200;

/// A line of the public page.
#[derive(Clone, Debug)]
pub struct PublicReleaseItem {
    /// Number of the release.
    pub number: String,
    /// Product.
    pub product: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Go-live as last told.
    pub go_live: Option<Timestamp>,
    /// It was canceled.
    pub canceled: bool,
    /// When it was first public.
    pub published_at: Timestamp,
    /// When something was told last.
    pub updated_at: Timestamp,
}

/// A public page of a release.
#[derive(Clone, Debug)]
pub struct PublicRelease {
    /// The line.
    pub item: PublicReleaseItem,
    /// Language that the text is really in.
    pub lang: Lang,
    /// What was told last.
    pub text: Rendered,
    /// New features.
    pub features: Vec<String>,
    /// All other changes.
    pub improvements: Vec<String>,
    /// System requirements.
    pub requirements: String,
    /// Where the upgrade guide is.
    pub upgrade_guide: Option<String>,
    /// The release notes as HTML, if there are any for everybody.
    pub notes: Option<String>,
    /// What was told and when, newest first: kind and moment.
    pub told: Vec<(String, Timestamp)>,
}

/// A subscription that was confirmed or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Address, so that the page can name it.
    pub address: String,
    /// Language.
    pub lang: Lang,
}

/// Public notices of one release, oldest generation first.
type Told = Vec<(Notice, Facts, Timestamp)>;

impl App {
    async fn told_publicly(&self) -> Result<BTreeMap<ReleaseId, Told>> {
        let found = rows::deliveries_to(
            self.store(),
            "public",
            "public",
            Some(channel::WEBSITE),
            SHOWN * 4,
        )
        .await?;
        let mut map: BTreeMap<ReleaseId, Told> = BTreeMap::new();
        for made in found {
            let Some(row) = rows::get(self.store(), &made.notice_id).await? else { continue };
            let facts = facts_of(&row)?;
            let at = made.sent_at.unwrap_or(Timestamp::UNIX_EPOCH);
            map.entry(row.release_id.clone()).or_default().push((row, facts, at));
        }
        for told in map.values_mut() {
            told.sort_by_key(|(row, _, at)| (*at, row.generation));
        }
        Ok(map)
    }

    /// Releases that the public knows of, last told first.
    #[boxed]
    pub async fn public_releases(&self) -> Result<Vec<PublicReleaseItem>> {
        let mut list: Vec<PublicReleaseItem> =
            self.told_publicly().await?.values().filter_map(item).collect();
        list.sort_by(|a, b| (b.updated_at, &b.number).cmp(&(a.updated_at, &a.number)));
        list.truncate(SHOWN);
        Ok(list)
    }

    /// The public page of a release; not found before its website notice is out.
    #[boxed]
    pub async fn public_release(&self, number: &str, lang: Lang) -> Result<PublicRelease> {
        let missing = || Error::NotFound { what: "release" };
        let all = self.told_publicly().await?;
        let told = all
            .values()
            .find(|told| told.first().is_some_and(|(_, facts, _)| facts.number == number))
            .ok_or_else(missing)?;
        let item = item(told).ok_or_else(missing)?;
        let (row, facts, _) = told.last().ok_or_else(missing)?;
        let readable = |lang: &Lang| gaps(facts, &[*lang]).is_empty();
        let order = [lang, Lang::En, Lang::Ko, Lang::Vi, Lang::Zh];
        let lang = order.into_iter().find(readable).unwrap_or(lang);
        let text = self.public_text(row, facts, lang).await?;
        let titles = |feature: bool| -> Vec<String> {
            let all = facts.items.iter().filter(|it| (it.purpose == "feature") == feature);
            all.map(|it| it.title.show(lang).0.to_owned()).collect()
        };
        Ok(PublicRelease {
            item,
            lang,
            text,
            features: titles(true),
            improvements: titles(false),
            requirements: facts.requirements.show(lang).0.to_owned(),
            upgrade_guide: facts.upgrade_guide.clone(),
            notes: self.public_notes(&row.release_id).await?,
            told: told.iter().rev().map(|(row, _, at)| (row.kind.clone(), *at)).collect(),
        })
    }

    async fn public_text(&self, row: &Notice, facts: &Facts, lang: Lang) -> Result<Rendered> {
        let reader = Recipient {
            kind: RecipientKind::Subscriber,
            id: String::new(),
            name: String::new(),
            address: None,
            lang,
            zone: self.home_zone().await?,
            units: Vec::new(),
            site: None,
        };
        let links = Links::default();
        let kind = NoticeKind::parse(&row.kind).unwrap_or(NoticeKind::Notice);
        let letter = Letter { facts, kind, recipient: &reader, links: &links };
        letter.write().map_err(|reason| Error::Rule {
            code: "notice_incomplete",
            message: format!("the notice cannot be written: {reason}"),
        })
    }

    /// Somebody wants to hear of new releases. The answer is the same whether or not the address
    /// is known already; nothing is sent there before it is confirmed.
    #[boxed]
    pub async fn subscribe(
        &self,
        address: &str,
        product: Option<&ProductId>,
        lang: Lang,
    ) -> Result<()> {
        let address = address.trim().to_lowercase();
        if !is_address(&address) {
            let right = "write an e-mail address, for example `name@example.org`";
            return Err(Error::field("address", "not_an_address", right));
        }
        if let Some(product) = product {
            products::get(self.store(), &Scope::all(), product)
                .await?
                .ok_or(Error::NotFound { what: "product" })?;
        }
        let product_id = product.map_or_else(String::new, ToString::to_string);
        let id =
            format!("sub_{}", hex::encode(&digest(&["subscriber", &address, &product_id])[..13]));
        let known = rows::subscriber(self.store(), &id).await?;
        if known.is_some_and(|it| it.confirmed_at.is_some()) {
            return Ok(());
        }
        let token = self.ports().secret();
        let subscriber = Subscriber {
            id: id.clone(),
            address: address.clone(),
            product_id,
            lang,
            token_hash: token_hash(&token),
            confirmed_at: None,
            at: self.now(),
        };
        let url = self.url(&format!("/public/confirm/{token}"));
        let hash = hex::encode(&digest(&["subscribe", &id, &token])[..16]);
        let mail = Mail {
            message_id: format!("{hash}@{}", self.mail_host()),
            to: address,
            to_name: String::new(),
            subject: word(Word::ConfirmSubject, lang).to_owned(),
            text: format!("{}\n", word(Word::ConfirmBody, lang).replace("{url}", &url)),
            lang: lang.tag().to_owned(),
        };
        let mut commit = self.system_commit().write(rows::put_subscriber(&subscriber));
        self.add_mail(&mut commit, &mail, self.now())?;
        self.put(commit.entry("subscribers", "subscriber.asked", json!({ "subscriber": id }))).await
    }

    /// The second yes: the address is its reader's own.
    #[boxed]
    pub async fn subscription_confirm(&self, token: &str) -> Result<Subscription> {
        let mut found = rows::subscriber_by_token(self.store(), &token_hash(token))
            .await?
            .ok_or(Error::NotFound { what: "subscription" })?;
        let answer = Subscription { address: found.address.clone(), lang: found.lang };
        if found.confirmed_at.is_none() {
            found.confirmed_at = Some(self.now());
            let facts = json!({ "subscriber": found.id });
            let commit = self.system_commit().write(rows::put_subscriber(&found)).entry(
                "subscribers",
                "subscriber.confirmed",
                facts,
            );
            self.put(commit).await?;
        }
        Ok(answer)
    }

    /// Ends a subscription, by the link of the confirmation or of any mail.
    #[boxed]
    pub async fn unsubscribe(&self, token: &str) -> Result<Receipt> {
        let hash = token_hash(token);
        let link = sessions::link_by_token(self.store(), &hash, self.now()).await?;
        let by_link =
            link.and_then(|it| it.kind.strip_prefix("subscriber/").map(ToOwned::to_owned));
        let id = match by_link {
            Some(id) => id,
            None => {
                rows::subscriber_by_token(self.store(), &hash)
                    .await?
                    .ok_or(Error::NotFound { what: "subscription" })?
                    .id
            }
        };
        let facts = json!({ "subscriber": id });
        let commit = self.system_commit().write(rows::remove_subscriber(&id)).entry(
            "subscribers",
            "subscriber.ended",
            facts,
        );
        self.put(commit).await?;
        Ok(Receipt { id, ..Receipt::default() })
    }
}

fn item(told: &Told) -> Option<PublicReleaseItem> {
    let (_, _, first) = told.first()?;
    let (row, facts, last) = told.last()?;
    Some(PublicReleaseItem {
        number: facts.number.clone(),
        product: facts.product.clone(),
        version: facts.version.clone(),
        title: facts.title.clone(),
        go_live: facts.go_live,
        canceled: row.kind == NoticeKind::Retraction.name() || row.state == state::RETRACTED,
        published_at: *first,
        updated_at: *last,
    })
}

/// Good enough to send a confirmation to; whether it exists shows there.
fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>(),;:\\\"[]".contains(c);
    !local.is_empty()
        && text.len() <= 254
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && text.chars().all(plain)
}
