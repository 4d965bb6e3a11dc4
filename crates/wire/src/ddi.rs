//! The direct device integration API: what sites' agents and the server say to each other, in the
//! form that other update clients speak too. Unknown members are ignored here, as they expect.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a message names the stage at which our agent is, as one line among its details:
/// `stage: verified`. The last such line counts; other clients send none.
pub const STAGE: &str = "stage: ";

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Absolute URL.
    pub href: String,
}

/// The answer to a poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// When to come again.
    pub config: PollConfig,
    /// What there is to do; absent when there is nothing.
    #[serde(rename = "_links", default, skip_serializing_if = "PollLinks::is_empty")]
    pub links: PollLinks,
}

/// See [`Poll`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PollConfig {
    /// Polling.
    pub polling: Polling,
}

/// See [`Poll`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Polling {
    /// `HH:MM:SS`.
    pub sleep: String,
}

/// What there is to do: at most one of the first three.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PollLinks {
    /// Install something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_base: Option<Link>,
    /// Stop what was ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_action: Option<Link>,
    /// Say whether you agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation_base: Option<Link>,
    /// What was installed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_base: Option<Link>,
    /// Tell your attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_data: Option<Link>,
}

impl PollLinks {
    /// Nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == PollLinks::default()
    }
}

/// Attributes of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfigData {
    /// `merge` (default), `replace` or `remove`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Name to value; `null` removes.
    pub data: BTreeMap<String, Option<String>>,
}

/// An order to install, as `deploymentBase`, `installedBase` and `confirmationBase` give it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeploymentBase {
    /// Number of the action, decimal and below 2^31.
    pub id: String,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Deployment>,
    /// The order, while it waits for consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Deployment>,
    /// What was said about it so far.
    #[serde(rename = "actionHistory", default, skip_serializing_if = "Option::is_none")]
    pub action_history: Option<ActionHistory>,
}

/// See [`DeploymentBase`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `skip`, `attempt` or `forced`.
    pub download: String,
    /// `skip` outside of the window, else `attempt` or `forced`.
    pub update: String,
    /// `available` or `unavailable`; absent without a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_window: Option<String>,
    /// What to install.
    pub chunks: Vec<Chunk>,
}

/// A part of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// Kind of part; `bApp` for applications.
    pub part: String,
    /// Version.
    pub version: String,
    /// Name: the product.
    pub name: String,
    /// Files.
    pub artifacts: Vec<Artifact>,
    /// What only our agent reads: [`META_ORDER`] and the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metadata: Vec<Metadata>,
}

/// Metadata key: the director's order, base64 of its exact bytes.
pub const META_ORDER: &str = "roadbook.order";
/// Metadata key: the director's signature over those bytes, minisign's text form.
pub const META_ORDER_SIGNATURE: &str = "roadbook.order.minisig";
/// Metadata key: the site's parameters, a JSON object of texts.
pub const META_PARAMETERS: &str = "roadbook.parameters";
/// Metadata key: a newer set of trusted keys, base64 of its exact bytes; may come several times.
pub const META_TRUST: &str = "roadbook.trust";
/// Metadata key: signatures over the set of keys before it, one text per signature.
pub const META_TRUST_SIGNATURE: &str = "roadbook.trust.minisig";

/// Feedback code of our agent: the order or the package was not believed, and nothing was run.
pub const CODE_REFUSED: i64 = 610;
/// Feedback code of our agent: it did not begin, and the site is as it was.
pub const CODE_UNTOUCHED: i64 = 611;
/// Feedback code of our agent: it failed, and the former version runs again.
pub const CODE_ROLLED_BACK: i64 = 612;
/// Feedback code of our agent: it failed and could not restore everything; a person must look.
pub const CODE_STUCK: i64 = 613;

/// See [`Chunk`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Name.
    pub key: String,
    /// Value.
    pub value: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    /// Name.
    pub filename: String,
    /// Digests.
    pub hashes: Hashes,
    /// Bytes.
    pub size: u64,
    /// Where to fetch it.
    #[serde(rename = "_links")]
    pub links: ArtifactLinks,
}

/// Digests, small hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// SHA-1, for old clients only.
    pub sha1: String,
    /// MD5, for old clients only.
    pub md5: String,
    /// SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Where a file and its checksum lie; `-http` without TLS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArtifactLinks {
    /// File over TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<Link>,
    /// Checksum over TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5sum: Option<Link>,
    /// File.
    #[serde(rename = "download-http", default, skip_serializing_if = "Option::is_none")]
    pub download_http: Option<Link>,
    /// Checksum.
    #[serde(rename = "md5sum-http", default, skip_serializing_if = "Option::is_none")]
    pub md5sum_http: Option<Link>,
}

/// What was said about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionHistory {
    /// State in capitals.
    pub status: String,
    /// Newest first.
    pub messages: Vec<String>,
}

/// What a site says about an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// Milliseconds since 1970, by the site's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// What.
    pub status: Status,
}

/// See [`Feedback`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// `closed`, `proceeding`, `canceled`, `scheduled`, `rejected`, `resumed`, `download` or
    /// `downloaded`.
    pub execution: String,
    /// How it ended.
    pub result: ResultOf,
    /// A number of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// Messages: a list, or one alone.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

/// See [`Status`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultOf {
    /// `success`, `failure` or `none`.
    pub finished: String,
}

/// The order to stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelAction {
    /// Number.
    pub id: String,
    /// What to stop.
    pub cancel_action: Stop,
}

/// See [`CancelAction`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stop {
    /// Number of the action that stops.
    pub stop_id: String,
}

/// Whether a site agrees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// `confirmed` or `denied`.
    pub confirmation: String,
    /// A number of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// Messages.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(String),
        Many(Vec<String>),
        None,
    }
    Ok(match Either::deserialize(from)? {
        Either::One(text) => vec![text],
        Either::Many(list) => list,
        Either::None => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_old_clients_send_is_read() {
        let text = r#"{"id":"11","time":"20140511T121314","timestamp":1627997501890,
            "status":{"execution":"closed","result":{"finished":"success","progress":{"cnt":2,"of":5}},
            "details":"done"}}"#;
        let read: Feedback = serde_json::from_str(text).expect("reads");
        assert_eq!(read.status.details, ["done"]);
        assert_eq!(read.status.result.finished, "success");
    }

    #[test]
    fn a_poll_with_nothing_to_do_has_no_links() {
        let poll = Poll {
            config: PollConfig { polling: Polling { sleep: "00:05:00".into() } },
            links: PollLinks::default(),
        };
        let text = serde_json::to_string(&poll).expect("writes");
        assert_eq!(text, r#"{"config":{"polling":{"sleep":"00:05:00"}}}"#);
    }
}
