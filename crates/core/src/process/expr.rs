//! Conditions: a typed subset of CEL, already parsed. Parsing lives in `wire`; this is evaluation.
//!
//! There are no loops and no user functions, so the cost of an expression is its number of nodes.

use crate::limits::{EXPR_DEPTH_MAX, EXPR_NODES_MAX};
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
    /// A function that does not exist here.
    #[error("there is no function `{0}` here; use `older(a, b)` or `has_tag(site, \"tag\")`")]
    UnknownFunction(String),
    /// The condition is deeper than the limit.
    #[error("the condition is nested deeper than {EXPR_DEPTH_MAX}")]
    TooDeep,
    /// The condition is larger than the limit.
    #[error("the condition has more than {EXPR_NODES_MAX} parts")]
    TooLarge,
}

impl Node {
    /// Parts of the condition; there are no loops, so this bounds what it costs.
    pub fn size(&self) -> usize {
        1 + self.children().into_iter().map(Node::size).sum::<usize>()
    }

    /// How deep it is nested.
    pub fn depth(&self) -> usize {
        1 + self.children().into_iter().map(Node::depth).max().unwrap_or(0)
    }

    /// The parts directly below.
    pub fn children(&self) -> Vec<&Node> {
        match self {
            Node::Literal(_) | Node::Name(_) => Vec::new(),
            Node::Not(a) => vec![a],
            Node::And(a, b) | Node::Or(a, b) | Node::Compare(_, a, b) | Node::In(a, b) => {
                vec![a, b]
            }
            Node::List(list) | Node::Call(_, list) => list.iter().collect(),
        }
    }

    /// Every name it reads, in order, each once.
    pub fn names(&self) -> Vec<&str> {
        fn walk<'a>(node: &'a Node, into: &mut Vec<&'a str>) {
            if let Node::Name(name) = node
                && !into.contains(&name.as_str())
            {
                into.push(name);
            }
            for child in node.children() {
                walk(child, into);
            }
        }
        let mut list = Vec::new();
        walk(self, &mut list);
        list
    }
}

/// Evaluates. An unknown value (`null`) makes a comparison false; only undeclared names and
/// functions are errors, and only where their value decides.
pub fn eval(expr: &Expr, names: &dyn Names) -> Result<Value, EvalError> {
    let mut budget = EXPR_NODES_MAX;
    value_of(&expr.node, names, EXPR_DEPTH_MAX, &mut budget)
}

fn value_of(
    node: &Node,
    names: &dyn Names,
    depth: usize,
    budget: &mut usize,
) -> Result<Value, EvalError> {
    let depth = depth.checked_sub(1).ok_or(EvalError::TooDeep)?;
    *budget = budget.checked_sub(1).ok_or(EvalError::TooLarge)?;
    let mut at = |node: &Node| value_of(node, names, depth, budget);
    Ok(match node {
        Node::Literal(value) => value.clone(),
        Node::Name(name) => match names.get(name) {
            Some(value) => value,
            None => return Err(EvalError::Undeclared(name.clone())),
        },
        Node::List(list) => Value::List(list.iter().map(at).collect::<Result<_, _>>()?),
        Node::Not(inner) => match at(inner)? {
            Value::Bool(yes) => Value::Bool(!yes),
            // What is not known is not denied either.
            _ => Value::Null,
        },
        Node::And(left, right) => match at(left)? {
            Value::Bool(true) => truth(at(right)?),
            _ => Value::Bool(false),
        },
        Node::Or(left, right) => match at(left)? {
            Value::Bool(true) => Value::Bool(true),
            _ => truth(at(right)?),
        },
        Node::Compare(how, left, right) => Value::Bool(compare(*how, &at(left)?, &at(right)?)),
        Node::In(item, list) => {
            let item = at(item)?;
            Value::Bool(matches!(at(list)?, Value::List(all) if all.contains(&item)))
        }
        Node::Call(name, args) => {
            let args = args.iter().map(at).collect::<Result<Vec<_>, _>>()?;
            match names.call(name, &args) {
                Some(value) => value,
                None => return Err(EvalError::UnknownFunction(name.clone())),
            }
        }
    })
}

fn truth(value: Value) -> Value {
    Value::Bool(value == Value::Bool(true))
}

fn compare(how: Compare, left: &Value, right: &Value) -> bool {
    use std::cmp::Ordering::{Greater, Less};
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    };
    match how {
        Compare::Eq => left == right,
        Compare::Ne => left != right,
        Compare::Lt => order == Some(Less),
        Compare::Le => order.is_some_and(|it| it != Greater),
        Compare::Gt => order == Some(Greater),
        Compare::Ge => order.is_some_and(|it| it != Less),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Facts;
    impl Names for Facts {
        fn get(&self, name: &str) -> Option<Value> {
            Some(match name {
                "release.kind" => Value::Text("upgrade".into()),
                "field.days" => Value::Int(3),
                "field.relogin" => Value::Bool(true),
                "field.unanswered" => Value::Null,
                _ => return None,
            })
        }
        fn call(&self, name: &str, args: &[Value]) -> Option<Value> {
            (name == "older").then(|| Value::Bool(args[0] < args[1]))
        }
    }

    impl PartialOrd for Value {
        fn partial_cmp(&self, other: &Value) -> Option<std::cmp::Ordering> {
            match (self, other) {
                (Value::Text(a), Value::Text(b)) => a.partial_cmp(b),
                _ => None,
            }
        }
    }

    #[expect(clippy::unnecessary_box_returns, reason = "the tables below read better")]
    fn name(text: &str) -> Box<Node> {
        Box::new(Node::Name(text.into()))
    }

    #[expect(clippy::unnecessary_box_returns, reason = "the tables below read better")]
    fn text(text: &str) -> Box<Node> {
        Box::new(Node::Literal(Value::Text(text.into())))
    }

    // proves: S2-02/U
    #[test]
    fn conditions_have_the_values_a_reader_expects() {
        let upgrade = Node::Compare(Compare::Eq, name("release.kind"), text("upgrade"));
        let unanswered = Node::Compare(
            Compare::Gt,
            name("field.unanswered"),
            Box::new(Node::Literal(Value::Int(1))),
        );
        let cases = [
            (upgrade.clone(), Ok(Value::Bool(true))),
            (Node::Not(Box::new(upgrade.clone())), Ok(Value::Bool(false))),
            (unanswered.clone(), Ok(Value::Bool(false))),
            (Node::And(Box::new(unanswered.clone()), name("no.such")), Ok(Value::Bool(false))),
            (Node::Or(Box::new(upgrade.clone()), name("no.such")), Ok(Value::Bool(true))),
            (
                Node::And(Box::new(upgrade), name("no.such")),
                Err(EvalError::Undeclared("no.such".into())),
            ),
            (
                Node::In(
                    name("release.kind"),
                    Box::new(Node::List(vec![*text("patch"), *text("upgrade")])),
                ),
                Ok(Value::Bool(true)),
            ),
            (
                Node::Compare(
                    Compare::Ge,
                    name("field.days"),
                    Box::new(Node::Literal(Value::Int(3))),
                ),
                Ok(Value::Bool(true)),
            ),
            (Node::Call("older".into(), vec![*text("1"), *text("2")]), Ok(Value::Bool(true))),
            (
                Node::Call("younger".into(), vec![]),
                Err(EvalError::UnknownFunction("younger".into())),
            ),
            (Node::Not(name("field.unanswered")), Ok(Value::Null)),
        ];
        for (node, expected) in cases {
            let expr = Expr { source: String::new(), node };
            assert_eq!(eval(&expr, &Facts), expected, "{:?}", expr.node);
        }
    }

    #[test]
    fn a_condition_beyond_the_limits_is_refused_and_not_run() {
        let mut node = *name("field.relogin");
        for _ in 0..40 {
            node = Node::Not(Box::new(node));
        }
        let deep = Expr { source: String::new(), node };
        assert_eq!(eval(&deep, &Facts), Err(EvalError::TooDeep));
        let wide = Expr { source: String::new(), node: Node::List(vec![*name("field.days"); 600]) };
        assert_eq!(eval(&wide, &Facts), Err(EvalError::TooLarge));
    }
}
