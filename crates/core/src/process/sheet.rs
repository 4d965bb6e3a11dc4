//! Lines of a run sheet.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A line of a run sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetItem {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Role.
    pub role: Option<String>,
    /// Planned minutes.
    pub minutes: u32,
    /// Needs explicit confirmation (S3-32).
    pub key_node: bool,
    /// After this line there is no way back.
    pub point_of_no_return: bool,
    /// What it does to the service, if that is what it is for (S1-18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceTurn>,
    /// What should be seen.
    pub expected: Text,
}

/// What a line does to the service on which users work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceTurn {
    /// Once it is done, nobody can work.
    Stops,
    /// Once it is done, the service is available again.
    Returns,
}

impl ServiceTurn {
    /// Both.
    pub const ALL: [ServiceTurn; 2] = [ServiceTurn::Stops, ServiceTurn::Returns];

    /// The short name, as in files.
    pub const fn name(self) -> &'static str {
        match self {
            ServiceTurn::Stops => "stops",
            ServiceTurn::Returns => "returns",
        }
    }
}
