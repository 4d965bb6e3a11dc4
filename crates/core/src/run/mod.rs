//! The run of a process: a pure state machine.
//!
//! [`decide`] takes the template, the run as it stands, a command and a context, and answers with
//! the next run or with a typed refusal. It never reads a clock or a table: whatever it must know
//! about people, sites, windows and bytes comes in through [`Context`].

mod advance;
mod approval;
mod calls;
mod checks;
mod command;
mod context;
mod decide;
mod downtime;
mod holder;
mod member_acts;
mod members;
mod migrate;
mod migration;
mod names;
mod operate;
mod orders;
mod papers;
mod refusal;
mod returns;
mod shown;
mod state;
mod waiting;
mod waits;

pub(crate) use advance::kind_of;
pub use advance::{evaluate, satisfied};
pub use approval::{ApprovalView, ApproverView, approval_view, approver_holders};
pub use calls::{Called, Wanted, calls_others, wanted};
pub use checks::{
    asked_by, checks_of, comparable, missing_for_done, open_checks, required_value, watch_end,
};
pub use command::{
    Answer, Assurance, Choice, CloseCode, Command, MemberAct, OpinionStance, SheetAct, Verdict,
};
pub use context::{Actor, Context, Deputy, Member, SiteCounts, role_name};
pub use decide::{Decision, StepFact, decide, start};
pub use downtime::{Downtime, downtime, overrun_at};
pub use holder::{HolderLink, who_holds};
pub use members::{
    Standing, calls_per_site, comes_by_member, has_members, members_in_turn, next_moment, standing,
};
pub use migrate::migration;
pub use migration::{Migration, MigrationRefusal, PartChange, PartFate, StepChange, StepFate};
pub use names::RunNames;
pub use operate::sheet_of;
pub use refusal::Refusal;
pub(crate) use returns::reopened;
pub use shown::{answers_what_stands, asked_now, asks_about};
pub use state::{
    AnswerGiven, Confirmation, Control, Debt, DocumentRun, Ended, Failed, Hold, InForce, MemberRun,
    Move, OpinionGiven, Overridden, Run, RunState, SheetLine, SheetState, Signature, Slot, StepRun,
    StepState, Vote, WaitKind,
};
pub use waiting::{Awaited, WaitingOn, waiting, waiting_for_step};
pub use waits::{Spent, StepTime, waits};
