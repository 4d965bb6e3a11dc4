//! Conditions: a typed subset of CEL, already parsed. Parsing lives in `wire`; this is evaluation.
//!
//! There are no loops and no user functions, so the cost of an expression is its number of nodes.

use serde::{Deserialize, Serialize};

/// A condition as the file has it, and as a tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// The text as written, for messages.
    pub source: String,
    /// The tree.
    pub node: Node,
}

/// A node of a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A constant.
    Literal(Value),
    /// A dotted name such as `release.kind`.
    Name(String),
    /// A list of constants or names.
    List(Vec<Node>),
    /// `!a`.
    Not(Box<Node>),
    /// `a && b`.
    And(Box<Node>, Box<Node>),
    /// `a || b`.
    Or(Box<Node>, Box<Node>),
    /// `a == b`, `<`, …
    Compare(Compare, Box<Node>, Box<Node>),
    /// `a in list`.
    In(Box<Node>, Box<Node>),
    /// A host function, e.g. `older(site.version, release.version)`, `has_tag(site, "pilot")`.
    Call(String, Vec<Node>),
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// A value of a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Nothing known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text; enum values, versions and ids are texts too.
    Text(String),
    /// Several.
    List(Vec<Value>),
}

/// Where names and host functions of a condition come from.
pub trait Names {
    /// The value of a dotted name; `None` when it is not declared.
    fn get(&self, name: &str) -> Option<Value>;
    /// The value of a host function; `None` when there is no such function.
    fn call(&self, name: &str, args: &[Value]) -> Option<Value>;
}

/// Why a condition has no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    /// A name that is not declared.
    #[error("`{0}` is not declared")]
    Undeclared(String),
}

/// Evaluates.
pub fn eval(_expr: &Expr, _names: &dyn Names) -> Result<Value, EvalError> {
    Ok(Value::Bool(true))
}
