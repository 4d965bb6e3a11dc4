//! Letters about drafts of processes: those who may review one are told, and its author is told
//! what came of it.

use super::digest;
use super::words::{Word, word};
use crate::App;
use crate::call::Call;
use crate::error::Result;
use crate::ports::Mail;
use roadbook_core::access::{Action, Kind, Role, may};
use roadbook_core::ids::PersonId;
use roadbook_core::notice::{QuietHours, mail_time};
use roadbook_core::process::template::Template;
use roadbook_store::processes::ProcessRevision;
use roadbook_store::{Commit, people};
use std::collections::BTreeSet;

/// What is told about a draft.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told<'a> {
    /// Somebody asks for a review.
    Asked,
    /// It came back, with what has to change.
    Returned(&'a str),
    /// It holds from now on, or from the day that its file names.
    Agreed {
        /// What was said about it.
        remark: &'a str,
        /// The day, if it has not come.
        from: Option<&'a str>,
    },
}

impl Told<'_> {
    fn remark(&self) -> &str {
        match self {
            Told::Asked => "",
            Told::Returned(remark) | Told::Agreed { remark, .. } => remark.trim(),
        }
    }

    fn day(&self) -> &str {
        match self {
            Told::Agreed { from, .. } => from.unwrap_or_default(),
            _ => "",
        }
    }

    const fn words(self) -> (&'static str, Word, Word) {
        match self {
            Told::Asked => ("asked", Word::ReviewSubject, Word::ReviewBody),
            Told::Returned(_) => ("returned", Word::ReturnedSubject, Word::ReturnedBody),
            Told::Agreed { from: None, .. } => ("agreed", Word::InForceSubject, Word::InForceBody),
            Told::Agreed { .. } => ("agreed", Word::AgreedSubject, Word::AgreedBody),
        }
    }
}

impl App {
    /// Adds the mails about a draft to the commit that changes it. Whoever does it knows; who has
    /// no address sees it at home.
    pub(crate) async fn tell_of_draft(
        &self,
        call: &Call,
        commit: &mut Commit,
        row: &ProcessRevision,
        template: Option<&Template>,
        told: Told<'_>,
    ) -> Result<()> {
        let own = call.actor.name();
        let ids: Vec<PersonId> = match told {
            Told::Asked => self.reviewers(&row.author).await?,
            _ => PersonId::parse(&row.author).into_iter().collect(),
        };
        let ids: Vec<PersonId> = ids.into_iter().filter(|it| it.as_str() != own).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let by = self.name_of(call).await?;
        let (what, subject, body) = told.words();
        let now = self.now();
        let (number, at) = (row.revision.to_string(), now.as_microsecond().to_string());
        let url = self.url(&match told {
            Told::Agreed { .. } => format!("/processes/{}?revision={number}", row.id),
            _ => format!("/processes/{}/edit", row.id),
        });
        for person in people::by_ids(self.store(), &ids).await? {
            let Some(to) = person.email.filter(|it| person.active && !it.is_empty()) else {
                continue;
            };
            let lang = person.lang;
            let process = match template {
                Some(it) => format!("{} ({})", it.title.show(lang).0, row.id),
                None => row.id.clone(),
            };
            let say = |which: Word| {
                let text = word(which, lang)
                    .replace("{url}", &url)
                    .replace("{revision}", &number)
                    .replace("{date}", told.day())
                    .replace("{process}", &process)
                    .replace("{name}", &by);
                // What people wrote comes last: nothing is put into it.
                text.replace("{note}", &row.note).replace("{remark}", told.remark())
            };
            let mut text = say(body);
            if matches!(told, Told::Agreed { .. }) && !told.remark().is_empty() {
                text += &format!("\n\n{}", say(Word::ReviewRemark));
            }
            let parts = ["draft", what, &row.id, &number, &at, person.id.as_str()];
            let mail = Mail {
                message_id: format!("{}@{}", hex::encode(&digest(&parts)[..16]), self.mail_host()),
                to,
                to_name: person.name,
                subject: say(subject),
                text: format!("{text}\n"),
                lang: lang.tag().to_owned(),
            };
            let due = mail_time(QuietHours::default(), &person.zone, now, None);
            self.add_mail(commit, &mail, due)?;
        }
        Ok(())
    }

    /// Who may put what this author wrote into force.
    async fn reviewers(&self, author: &str) -> Result<Vec<PersonId>> {
        let four_eyes = self.process_four_eyes().await?;
        let grants = people::grants_at(self.store(), self.now()).await?;
        let wide = grants.into_iter().filter(|it| {
            it.scope_kind == "all"
                && Role::parse(&it.role).is_some_and(|it| may(it, Action::Create, Kind::Process))
        });
        let ids: BTreeSet<PersonId> = wide.map(|it| it.person_id).collect();
        Ok(ids.into_iter().filter(|it| !four_eyes || it.as_str() != author).collect())
    }

    async fn name_of(&self, call: &Call) -> Result<String> {
        let Some(id) = call.actor.person() else { return Ok("Roadbook".to_owned()) };
        let mut names = self.names(vec![id.clone()]).await?;
        Ok(names.remove(id).unwrap_or_default())
    }
}
