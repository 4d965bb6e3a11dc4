//! What people do in a release, and the two doors through which they can: the use cases
//! themselves, and the API (which lives beside its own stories).

use super::town::Town;
use roadbook_app::notices::TalkDone;
use roadbook_app::releases::NewRelease;
use roadbook_app::sites::{
    DeploymentReport, FeedbackInput, Outcome, Reporter, SiteAnswer, SiteDecision, Success,
};
use roadbook_app::{Call, Error};
use roadbook_core::ids::{ReleaseId, SiteId};
use roadbook_core::run::{Assurance, Command, Verdict};

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person, by login.
    Person(String),
    /// A contact of a site, through the link that was sent to them.
    Contact { site: usize, kind: &'static str },
}

impl Who {
    pub fn person(login: &str) -> Who {
        Who::Person(login.to_owned())
    }
}

/// Something that is done in a release.
#[derive(Clone, Debug)]
pub enum Act {
    /// A command of the run.
    Run(Command),
    Write {
        document: String,
        text: String,
    },
    Sign {
        document: String,
        role: String,
    },
    Vote {
        step: String,
        verdict: Verdict,
        comment: String,
    },
    Talk {
        id: String,
        with: String,
    },
    Decide {
        site: usize,
        decision: SiteDecision,
    },
    Read {
        site: usize,
    },
    Feedback {
        site: usize,
    },
    Install {
        site: usize,
        outcome: Outcome,
    },
}

/// A "no".
#[derive(Clone, Debug)]
pub struct No {
    pub code: String,
    pub text: String,
}

/// A door.
pub trait Acts {
    fn town(&self) -> &Town;
    /// Opens a release.
    async fn open(&self, who: &str, new: NewRelease) -> Result<ReleaseId, No>;
    /// Does something in it.
    async fn act(&self, release: &ReleaseId, who: &Who, act: &Act) -> Result<(), No>;
    /// The clock was moved on.
    async fn moved(&mut self) {}
}

/// The use cases themselves.
pub struct Direct {
    pub town: Town,
}

fn no(error: Error) -> No {
    let code = match &error {
        Error::Invalid(list) => list[0].field.clone(),
        Error::NotAdmitted(list) => list[0].code().to_owned(),
        other => other.code().to_owned(),
    };
    No { code, text: error.to_string() }
}

/// The talk that everybody has.
pub fn talked() -> TalkDone {
    TalkDone {
        channel: "phone".to_owned(),
        notes: "told and understood".to_owned(),
        readiness: "ready".to_owned(),
    }
}

pub fn feedback() -> FeedbackInput {
    FeedbackInput {
        success: Success::Yes,
        problems: String::new(),
        ideas: "a faster start".to_owned(),
        rating: Some(5),
    }
}

impl Direct {
    async fn call(&self, who: &Who) -> Call {
        let town = &self.town;
        match who {
            Who::Person(login) => town.world.call_of(town.person_id(login)).await,
            Who::Contact { site, kind } => {
                let app = &town.world.app;
                let contact = &town.sites[*site].contacts[kind];
                let admin = town.world.admin().await;
                let secret = app.site_link(&admin, contact).await.unwrap().secret.unwrap();
                app.link(&secret).await.unwrap().unwrap().call()
            }
        }
    }

    async fn report(
        &self,
        release: &ReleaseId,
        site: &SiteId,
        outcome: Outcome,
    ) -> DeploymentReport {
        let store = self.town.world.app.store();
        let row = roadbook_store::deployments::get(store, release, site).await.unwrap();
        DeploymentReport {
            site: site.clone(),
            release: release.clone(),
            generation: row.map_or(1, |it| it.generation as u64),
            outcome,
            reported_by: Reporter::Person { evidence: "the about page shows it".to_owned() },
            at: self.town.world.app.now(),
            note: if outcome == Outcome::Installed { "" } else { "as agreed" }.to_owned(),
            package: None,
        }
    }
}

impl Acts for Direct {
    fn town(&self) -> &Town {
        &self.town
    }

    async fn open(&self, who: &str, new: NewRelease) -> Result<ReleaseId, No> {
        let call = self.call(&Who::person(who)).await;
        let made = self.town.world.app.release_create(&call, new).await.map_err(no)?;
        Ok(ReleaseId::parse(&made.id).unwrap())
    }

    async fn act(&self, release: &ReleaseId, who: &Who, act: &Act) -> Result<(), No> {
        let call = self.call(who).await;
        let app = &self.town.world.app;
        let site = |index: &usize| &self.town.sites[*index].id;
        let seen = async || app.release(&self.town.world.admin().await.actor, release).await;
        let done = match act {
            Act::Run(command) => Box::pin(app.release_do(&call, release, command.clone())).await,
            Act::Write { document, text } => {
                app.document_write(&call, release, document, text, "").await
            }
            Act::Sign { document, role } => {
                let view = seen().await.map_err(no)?;
                let digest = &view.release.run.documents[document].digest;
                let proof = Assurance::Password;
                app.document_sign(&call, release, document, role, "accepted", digest, proof).await
            }
            Act::Vote { step, verdict, comment } => {
                let view = seen().await.map_err(no)?;
                let command = Command::Vote {
                    step: step.clone(),
                    verdict: *verdict,
                    comment: comment.clone(),
                    digest: view.context.digests.get(step).cloned().unwrap_or_default(),
                    assurance: Assurance::Password,
                };
                Box::pin(app.release_do(&call, release, command)).await
            }
            Act::Talk { id, .. } => app.talk_done(&call, id, talked()).await,
            Act::Decide { site: at, decision } => {
                let asked = app.site_asked(&call, site(at), release).await.map_err(no)?;
                let digest = asked.map(|it| it.digest);
                let answer = SiteAnswer { decision: decision.clone(), digest };
                Box::pin(app.site_decide(&call, site(at), release, answer)).await
            }
            Act::Read { site: at } => app.site_receipt(&call, site(at), release).await,
            Act::Feedback { site: at } => {
                app.feedback_give(&call, site(at), release, feedback()).await
            }
            Act::Install { site: at, outcome } => {
                let report = self.report(release, site(at), *outcome).await;
                Box::pin(app.deployment_report(&call, report)).await
            }
        };
        done.map(|_| ()).map_err(no)
    }
}
