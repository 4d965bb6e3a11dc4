//! *Test now* for mail, and the outbox page of the demo.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::notices::test_texts;
use crate::ports::{Mail, MailError, SentMail};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::text::Lang;
use serde_json::json;

impl App {
    /// Sends one mail at once and says what the server answered.
    #[boxed]
    pub async fn mail_test(&self, call: &Call, to: &str, lang: Lang) -> Result<Receipt> {
        call.authorize(Action::Administer, Kind::Settings, &Resource::whole(), "settings")?;
        if !to.contains('@') {
            let right = "write an e-mail address, for example `name@example.org`";
            return Err(Error::field("to", "not_an_address", right));
        }
        let (subject, text) = test_texts(lang);
        let id = hex::encode(self.seed().random.to_be_bytes());
        let mail = Mail {
            message_id: format!("test-{id}@{}", self.mail_host()),
            to: to.trim().to_owned(),
            to_name: String::new(),
            subject,
            text,
            lang: lang.tag().to_owned(),
        };
        self.ports().mailer.send(&mail).await.map_err(|error| Error::Rule {
            code: match &error {
                MailError::NotConfigured => "mail_not_configured",
                MailError::Permanent(_) => "mail_refused",
                MailError::Transient(_) | MailError::Unknown(_) => "mail_unreachable",
            },
            message: error.to_string(),
        })?;
        let commit = self.begin(call).entry("installation", "mail.tested", json!({}));
        let receipt = Receipt { label: mail.to, ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    /// Mails of the demo, newest first; `None` where mail really leaves.
    pub fn demo_outbox(&self) -> Option<Vec<SentMail>> {
        if !self.settings().demo {
            return None;
        }
        let mut list = self.ports().mailer.kept()?;
        list.reverse();
        Some(list)
    }
}
