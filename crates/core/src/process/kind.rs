//! The kinds of steps, and what is asked of each kind.
//!
//! Every match in this file names every kind: a new one is not taken in until each question has an
//! answer. docs/adding-a-step-kind.md leads through them.

use super::due::Span;
use super::template::{
    ApprovalSpec, Approver, DecisionSpec, NoticeSpec, OperateSpec, RoleRef, Wave,
};
use StepKind::*;
use serde::{Deserialize, Serialize};

/// What a step is, with what only that kind has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Work of a person.
    Task,
    /// Items to check.
    Checklist,
    /// A document to write.
    Document,
    /// A test.
    Test,
    /// A training.
    Training,
    /// A review with a verdict.
    Review,
    /// Approval by one or several.
    Approval(ApprovalSpec),
    /// Views of several roles before a decision (S0-12).
    Opinion,
    /// A decision with named outcomes.
    Decision(DecisionSpec),
    /// A notice.
    Notice(NoticeSpec),
    /// One talk per matching site, unit or person (S0-18).
    Contact {
        /// Audience.
        audience: String,
    },
    /// Finished changes are opened to customers.
    Trial,
    /// A build.
    Build,
    /// Run sheet of the go-live (S2-31, S2-47).
    Operate(OperateSpec),
    /// Deployment to sites in waves.
    Rollout(Vec<Wave>),
    /// Verification with expected and found result.
    Verify,
    /// Trial run or after-care with an end decision (S2-34).
    Watch {
        /// How long.
        lasts: Option<Span>,
    },
    /// Write-back to the configuration library.
    Configure,
    /// The archive bundle.
    Archive,
    /// A report.
    Report,
    /// Feedback from sites (S0-28).
    Feedback,
    /// Release notes read by sites (S0-20).
    Receipt {
        /// Document whose reading is acknowledged.
        document: String,
    },
    /// Starts another process.
    Call {
        /// Process id.
        process: String,
        /// `all`, `any`, `none`.
        wait: String,
        /// Names handed over.
        with: Vec<(String, String)>,
    },
}

/// Kinds without facts of their own: there is nothing in them to name, translate or compare. Matches
/// about such facts write this for them, and the other kinds by name.
macro_rules! bare_kinds {
    () => {
        $crate::process::template::StepKind::Task
            | $crate::process::template::StepKind::Checklist
            | $crate::process::template::StepKind::Document
            | $crate::process::template::StepKind::Test
            | $crate::process::template::StepKind::Training
            | $crate::process::template::StepKind::Review
            | $crate::process::template::StepKind::Opinion
            | $crate::process::template::StepKind::Trial
            | $crate::process::template::StepKind::Build
            | $crate::process::template::StepKind::Verify
            | $crate::process::template::StepKind::Configure
            | $crate::process::template::StepKind::Archive
            | $crate::process::template::StepKind::Report
            | $crate::process::template::StepKind::Feedback
    };
}
pub(crate) use bare_kinds;

/// One list for both ways: from a kind to its name, and all names that there are.
macro_rules! names {
    ($($kind:pat => $name:literal,)*) => {
        impl StepKind {
            /// All names, in the order in which they are offered.
            pub const NAMES: &[&str] = &[$($name),*];

            /// Its name in process files, in the API, in lists and in the record.
            pub const fn name(&self) -> &'static str {
                match self {
                    $($kind => $name,)*
                }
            }
        }
    };
}

names! {
    Task => "task",
    Checklist => "checklist",
    Document => "document",
    Test => "test",
    Training => "training",
    Review => "review",
    Approval(_) => "approval",
    Opinion => "opinion",
    Decision(_) => "decision",
    Notice(_) => "notice",
    Contact { .. } => "contact",
    Trial => "trial",
    Build => "build",
    Operate(_) => "operate",
    Rollout(_) => "rollout",
    Verify => "verify",
    Watch { .. } => "watch",
    Configure => "configure",
    Archive => "archive",
    Report => "report",
    Feedback => "feedback",
    Receipt { .. } => "receipt",
    Call { .. } => "call",
}

impl StepKind {
    /// Who acts in it beside the roles of the step. They get tasks and letters, and it waits for
    /// them.
    pub fn other_roles(&self) -> Vec<&RoleRef> {
        match self {
            Approval(spec) => spec.approvers.iter().map(|it| &it.role).collect(),
            Task | Checklist | Document | Test | Training | Review | Opinion => Vec::new(),
            Decision(_) | Notice(_) | Contact { .. } | Trial | Build => Vec::new(),
            Operate(_) | Rollout(_) | Verify | Watch { .. } | Configure => Vec::new(),
            Archive | Report | Feedback | Receipt { .. } | Call { .. } => Vec::new(),
        }
    }

    /// Those of them who have questions and documents of their own.
    pub fn approvers(&self) -> &[Approver] {
        match self {
            Approval(spec) => &spec.approvers,
            Task | Checklist | Document | Test | Training | Review | Opinion => &[],
            Decision(_) | Notice(_) | Contact { .. } | Trial | Build | Operate(_) => &[],
            Rollout(_) | Verify | Watch { .. } | Configure | Archive | Report => &[],
            Feedback | Receipt { .. } | Call { .. } => &[],
        }
    }

    /// It can be done for one member of a list at a time, or again and again. Approvals, opinions,
    /// notices, talks and work in production are one act for all.
    pub const fn divisible(&self) -> bool {
        match self {
            Task | Checklist | Document | Test | Training | Review | Decision(_) => true,
            Trial | Build | Verify | Watch { .. } | Configure | Report | Call { .. } => true,
            Approval(_) | Opinion | Notice(_) | Contact { .. } | Operate(_) => false,
            Rollout(_) | Archive | Receipt { .. } | Feedback => false,
        }
    }

    /// It is active as soon as its turn comes. Other work is ready until somebody begins it.
    pub const fn begins_by_itself(&self) -> bool {
        match self {
            Approval(_) | Opinion | Notice(_) | Contact { .. } | Rollout(_) => true,
            Receipt { .. } | Feedback | Call { .. } => true,
            Watch { lasts } => lasts.is_some(),
            Task | Checklist | Document | Test | Training | Review | Decision(_) => false,
            Trial | Build | Operate(_) | Verify | Configure | Archive | Report => false,
        }
    }

    /// It is done as soon as nothing is missing; nobody has to press a button for that.
    pub const fn ends_by_itself(&self) -> bool {
        match self {
            Contact { .. } | Rollout(_) | Call { .. } => true,
            // By its clock, which begins with the step.
            Watch { .. } => false,
            Task | Checklist | Document | Test | Training | Review | Approval(_) => false,
            Opinion | Decision(_) | Notice(_) | Trial | Build | Operate(_) => false,
            Verify | Configure | Archive | Report | Feedback | Receipt { .. } => false,
        }
    }

    /// `done` ends it. The others are ended by an act of their own.
    pub const fn takes_done(&self) -> bool {
        match self {
            Task | Checklist | Document | Test | Training | Review | Contact { .. } => true,
            Trial | Build | Operate(_) | Rollout(_) | Verify | Watch { .. } => true,
            Configure | Archive | Report | Feedback | Receipt { .. } | Call { .. } => true,
            Approval(_) | Opinion | Decision(_) | Notice(_) => false,
        }
    }

    /// It can be reported as not succeeded. The others say so in an answer of their own.
    pub const fn takes_fail(&self) -> bool {
        match self {
            Task | Checklist | Document | Test | Training | Review | Opinion => true,
            Contact { .. } | Trial | Build | Rollout(_) | Verify | Watch { .. } => true,
            Configure | Archive | Report | Feedback | Receipt { .. } | Call { .. } => true,
            Approval(_) | Decision(_) | Notice(_) | Operate(_) => false,
        }
    }

    /// A person of the team confirms its end, so what is missing can be asked there.
    pub const fn confirmed_by_hand(&self) -> bool {
        match self {
            Task | Checklist | Document | Test | Training | Review | Decision(_) => true,
            Trial | Build | Operate(_) | Verify | Configure | Archive | Report => true,
            Approval(_) | Opinion | Notice(_) | Contact { .. } | Rollout(_) => false,
            Watch { .. } | Feedback | Receipt { .. } | Call { .. } => false,
        }
    }

    /// All that goes on in it is waiting for answers of people.
    pub const fn asks_only(&self) -> bool {
        match self {
            Approval(_) | Opinion => true,
            Task | Checklist | Document | Test | Training | Review | Decision(_) => false,
            Notice(_) | Contact { .. } | Trial | Build | Operate(_) | Rollout(_) => false,
            Verify | Watch { .. } | Configure | Archive | Report | Feedback => false,
            Receipt { .. } | Call { .. } => false,
        }
    }

    /// What goes on in it is not only in the run: sites are being changed, other runs are under
    /// way, people are told.
    pub const fn reaches_out(&self) -> bool {
        match self {
            Notice(_) | Contact { .. } | Operate(_) | Rollout(_) | Call { .. } => true,
            Task | Checklist | Document | Test | Training | Review | Approval(_) => false,
            Opinion | Decision(_) | Trial | Build | Verify | Watch { .. } => false,
            Configure | Archive | Report | Feedback | Receipt { .. } => false,
        }
    }

    /// It changes what users work with. Such work runs by the clock, at night too.
    pub const fn changes_production(&self) -> bool {
        match self {
            Operate(_) | Rollout(_) => true,
            Task | Checklist | Document | Test | Training | Review | Approval(_) => false,
            Opinion | Decision(_) | Notice(_) | Contact { .. } | Trial | Build => false,
            Verify | Watch { .. } | Configure | Archive | Report | Feedback => false,
            Receipt { .. } | Call { .. } => false,
        }
    }

    /// When it fails, and nothing is done again, production has to go back.
    pub const fn failure_rolls_back(&self) -> bool {
        match self {
            Trial | Rollout(_) | Verify | Watch { .. } => true,
            Task | Checklist | Document | Test | Training | Review | Approval(_) => false,
            Opinion | Decision(_) | Notice(_) | Contact { .. } | Build | Operate(_) => false,
            Configure | Archive | Report | Feedback | Receipt { .. } | Call { .. } => false,
        }
    }

    /// Sites answer it, so its time is theirs.
    pub const fn of_sites(&self) -> bool {
        match self {
            Rollout(_) | Feedback | Receipt { .. } => true,
            Task | Checklist | Document | Test | Training | Review | Approval(_) => false,
            Opinion | Decision(_) | Notice(_) | Contact { .. } | Trial | Build => false,
            Operate(_) | Verify | Watch { .. } | Configure | Archive | Report => false,
            Call { .. } => false,
        }
    }
}
