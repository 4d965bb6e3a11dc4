//! Who is there: signing in, sessions, the fresh proof that signatures ask for, links.

mod gate;
mod links;
mod password;
mod setup;

pub(crate) use gate::Gate;
pub use gate::holder;
pub(crate) use links::PASSWORD_LASTS;
pub use links::{LinkKind, LinkSession, NewLink};
pub(crate) use setup::MAIN;
pub use setup::{Installation, SetupInput, SetupState};

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use crate::input::login_of;
use crate::people::PersonView;
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::Actor;
use roadbook_core::ids::{PersonId, SessionId};
use roadbook_core::run::Assurance;
use roadbook_store::people::{self, Person};
use roadbook_store::{Scope, sessions};
use sha2::{Digest as _, Sha256};
use tokio::sync::SemaphorePermit;

/// A session ends when it was not used for so long.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A session ends after so long, whatever happens.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// So long a password that was asked for again stands behind signatures.
pub const STEP_UP: SignedDuration = SignedDuration::from_mins(5);
/// The clock of the demo runs this many times as fast as the people in front of it.
const DEMO_PACE: i32 = 300;
/// "Last seen" is written once in so long: reading a page costs no write.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// From where somebody signs in.
#[derive(Clone, Debug, Default)]
pub struct SignInContext {
    /// The caller's address, as the server knows it.
    pub ip: String,
}

/// A signed-in person with what they may do at this moment.
#[derive(Clone, Debug)]
pub struct Session {
    /// Id of the session.
    pub id: SessionId,
    /// The actor, with grants in force.
    pub actor: Actor,
    /// What lists are filtered by.
    pub scope: Scope,
    /// The person.
    pub person: PersonView,
    /// Until when the last fresh proof holds.
    pub step_up_until: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, if it is not used.
    pub expires_at: Timestamp,
}

impl Session {
    /// A call of this person.
    pub fn call(&self) -> Call {
        Call::of(self.actor.clone())
    }
}

/// A session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Id.
    pub id: SessionId,
    /// Since when.
    pub created_at: Timestamp,
    /// Last used.
    pub last_seen_at: Timestamp,
    /// Ends at.
    pub expires_at: Timestamp,
}

/// What is stored of a secret.
pub(crate) fn token_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn wrong_sign_in() -> Error {
    Error::Rule {
        code: "sign_in_failed",
        message: "name and password do not fit together; try again, or ask an administrator for \
                  a link to set a new password"
            .to_owned(),
    }
}

impl App {
    /// How long something for people lasts on this installation's clock.
    fn pace(&self, span: SignedDuration) -> SignedDuration {
        if self.settings().demo { span * DEMO_PACE } else { span }
    }

    /// Signs in with name and password. The answer and the time are the same for a name that does
    /// not exist. The token is told once; only its hash is kept.
    #[boxed]
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
        from: SignInContext,
    ) -> Result<(String, Session)> {
        let login = login_of(login);
        let found = people::by_login(self.store(), &login).await?.filter(|it| it.active);
        let hash = found.as_ref().and_then(|it| it.password_hash.clone());
        if !self.password_fits(&login, &from.ip, hash, password).await? {
            return Err(wrong_sign_in());
        }
        let person = found.ok_or_else(wrong_sign_in)?;
        self.session_begin(&person, "password").await
    }

    /// Begins a session for a person who has proved who they are.
    pub(super) async fn session_begin(
        &self,
        person: &Person,
        proof: &str,
    ) -> Result<(String, Session)> {
        let now = self.now();
        let token = format!("rbs_{}", self.ports().secret());
        let id = SessionId::new(self.seed());
        let row = sessions::Session {
            id: id.clone(),
            token_hash: token_hash(&token),
            person_id: person.id.clone(),
            created_at: now,
            last_seen_at: now,
            expires_at: now + self.pace(IDLE),
            step_up_at: (proof == "password").then_some(now),
        };
        let call = Call::of(Actor { who: person_who(&person.id), ..Actor::anonymous() });
        let mut commit = self.begin(&call);
        commit.writes.push(sessions::end_expired(now));
        commit.writes.push(sessions::insert(&row));
        let commit = commit.entry(
            format!("person/{}", person.id),
            "session.started",
            serde_json::json!({ "session": id.as_str(), "proof": proof }),
        );
        self.store().commit(commit).await?;
        let session = self.authenticate(&token).await?.ok_or(Error::Unauthenticated)?;
        Ok((token, session))
    }

    /// Checks a password behind the gate. `login` is what the delays are counted by.
    async fn password_fits(
        &self,
        login: &str,
        ip: &str,
        hash: Option<String>,
        password: &str,
    ) -> Result<bool> {
        self.gate().enter(login, ip, self.now())?;
        // Nobody has a longer one; hashing megabytes would only help who wants us busy.
        let short = password.len() <= 4 * roadbook_core::limits::PASSWORD_CHARS_MAX;
        let given = if short { password.to_owned() } else { String::new() };
        let permit = self.permit().await?;
        // Many at once wait for a hash together: what failed meanwhile counts for the rest.
        self.gate().enter(login, ip, self.now())?;
        let fits = hashing(permit, move || password::matches(hash.as_deref(), &given)).await?;
        if fits && short {
            self.gate().passed(login, ip);
            return Ok(true);
        }
        self.gate().failed(login, ip, self.now());
        tracing::info!(login_hash = %hex::encode(&token_hash(login)[..8]), "sign-in failed");
        Ok(false)
    }

    /// The turn to hash: two at once.
    async fn permit(&self) -> Result<SemaphorePermit<'_>> {
        let permit = self.gate().hashing.acquire().await;
        permit.map_err(|error| Error::Internal(error.to_string()))
    }

    pub(super) async fn hash_password(&self, password: &str) -> Result<String> {
        let ports = self.ports().clone();
        let password = password.to_owned();
        hashing(self.permit().await?, move || password::hash(&ports, &password)).await
    }

    /// The session of a token, if it lasts and its person may still act. Grants are read anew:
    /// what was taken away does not help the next request.
    #[boxed]
    pub async fn authenticate(&self, token: &str) -> Result<Option<Session>> {
        let now = self.now();
        let Some(row) = sessions::by_token(self.store(), &token_hash(token), now).await? else {
            return Ok(None);
        };
        let Some(person) = people::get(self.store(), &row.person_id).await?.filter(|it| it.active)
        else {
            return Ok(None);
        };
        let mut expires_at = row.expires_at;
        if now.duration_since(row.last_seen_at) >= SEEN_EVERY {
            expires_at = (now + self.pace(IDLE)).min(row.created_at + self.pace(ABSOLUTE));
            let commit = self.begin(&Call::system());
            let commit = commit.write(sessions::touch(&row.id, now, expires_at));
            // A full disk must not end reading.
            if let Err(error) = self.store().commit(commit).await {
                tracing::warn!(%error, "last use of a session was not noted");
            }
        }
        let (actor, scope) = self.actor_of(&person.id).await?;
        Ok(Some(Session {
            id: row.id,
            actor,
            scope,
            person: self.person_view(&person).await?,
            step_up_until: row.step_up_at.map(|at| at + self.pace(STEP_UP)).filter(|it| now < *it),
            created_at: row.created_at,
            expires_at,
        }))
    }

    /// Ends a session.
    #[boxed]
    pub async fn sign_out(&self, session: &Session) -> Result<()> {
        self.session_end(&session.call(), &session.id).await.map(|_| ())
    }

    /// Asks for the password again, before a signature.
    #[boxed]
    pub async fn step_up(&self, session: &Session, password: &str) -> Result<Session> {
        let person = self.person_of(&session.person.id).await?;
        let login = person.login.clone().unwrap_or_default();
        let key = format!("step-up {login}");
        let ip = session.id.as_str();
        if !self.password_fits(&key, ip, person.password_hash, password).await? {
            return Err(Error::Rule {
                code: "password_wrong",
                message: "this is not your password; nothing was signed, try again".to_owned(),
            });
        }
        let now = self.now();
        let commit = self.begin(&session.call()).write(sessions::step_up(&session.id, now)).entry(
            format!("person/{}", person.id),
            "session.proved",
            serde_json::json!({ "session": session.id.as_str() }),
        );
        self.store().commit(commit).await?;
        Ok(Session { step_up_until: Some(now + self.pace(STEP_UP)), ..session.clone() })
    }

    /// How the person has proved who they are, as it stands in a signature.
    pub fn assurance(&self, session: &Session) -> Assurance {
        match session.step_up_until {
            Some(until) if self.now() < until => Assurance::Password,
            _ => Assurance::Session,
        }
    }

    /// Changes the own password; all other sessions end.
    #[boxed]
    pub async fn password_change(
        &self,
        session: &Session,
        old: &str,
        new: &str,
    ) -> Result<Receipt> {
        self.step_up(session, old).await?;
        let person = self.person_of(&session.person.id).await?;
        self.password_store(&session.call(), person, new, Some(&session.id), None).await
    }

    /// Writes a new password and ends the sessions that the old one opened.
    pub(super) async fn password_store(
        &self,
        call: &Call,
        mut person: Person,
        password: &str,
        keep: Option<&SessionId>,
        link: Option<&roadbook_core::ids::LinkId>,
    ) -> Result<Receipt> {
        let login = person.login.clone().unwrap_or_default();
        let errors = password::rules("password", password, &[&login, &person.name]);
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        person.password_hash = Some(self.hash_password(password).await?);
        let mut commit = self.begin(call);
        if let Some(link) = link {
            commit.writes.push(sessions::use_link(link, commit.at));
        }
        commit.writes.push(people::update(&person));
        commit.writes.push(sessions::end_others(&person.id, keep));
        let commit = commit.entry(
            format!("person/{}", person.id),
            "person.password_set",
            serde_json::json!({ "by_link": link.map(|it| it.as_str().to_owned()) }),
        );
        let receipt = Receipt {
            id: person.id.to_string(),
            label: login,
            revision: person.revision + 1,
            ..Receipt::default()
        };
        self.finish(call, commit, receipt).await
    }

    /// The person's own sessions.
    #[boxed]
    pub async fn sessions(&self, call: &Call) -> Result<Vec<SessionView>> {
        let person = call.person()?;
        let now = self.now();
        let rows = sessions::of_person(self.store(), person).await?;
        Ok(rows
            .into_iter()
            .filter(|it| now < it.expires_at)
            .map(|it| SessionView {
                id: it.id,
                created_at: it.created_at,
                last_seen_at: it.last_seen_at,
                expires_at: it.expires_at,
            })
            .collect())
    }

    /// Ends one of the person's own sessions.
    #[boxed]
    pub async fn session_end(&self, call: &Call, id: &SessionId) -> Result<Receipt> {
        let person = call.person()?.clone();
        let mine = sessions::of_person(self.store(), &person).await?;
        if !mine.iter().any(|it| it.id == *id) {
            return Err(Error::NotFound { what: "session" });
        }
        let commit = self.begin(call).write(sessions::end(id)).entry(
            format!("person/{person}"),
            "session.ended",
            serde_json::json!({ "session": id.as_str() }),
        );
        let receipt = Receipt { id: id.to_string(), ..Receipt::default() };
        self.finish(call, commit, receipt).await
    }

    pub(crate) async fn person_of(&self, id: &PersonId) -> Result<Person> {
        people::get(self.store(), id).await?.ok_or(Error::NotFound { what: "person" })
    }
}

/// Runs a hash beside the other work.
async fn hashing<T: Send + 'static>(
    permit: SemaphorePermit<'_>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    drop(permit);
    done.map_err(|error| Error::Internal(error.to_string()))?
}

fn person_who(id: &PersonId) -> roadbook_core::access::Who {
    roadbook_core::access::Who::Person(id.clone())
}
