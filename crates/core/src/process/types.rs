//! Types of conditions: what names mean, and which conditions can never be what they seem.

use super::expr::{Compare, Expr, Node, Value};
use super::finding::nearest;
use super::template::{CheckKind, FieldType, StepKind, Template};
use crate::limits::{EXPR_DEPTH_MAX, EXPR_NODES_MAX};
use std::collections::BTreeMap;

/// Type of a value of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// One of these texts.
    Enum(Vec<String>),
    /// Several.
    List(Box<Type>),
    /// Not known before the run.
    Any,
}

impl Type {
    fn name(&self) -> String {
        match self {
            Type::Bool => "yes or no".to_owned(),
            Type::Int => "a number".to_owned(),
            Type::Text => "a text".to_owned(),
            Type::Enum(values) => format!("one of {}", values.join(", ")),
            Type::List(of) => format!("a list of {}", of.name()),
            Type::Any => "anything".to_owned(),
        }
    }

    fn fits(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Any, _) | (_, Type::Any) => true,
            (Type::Text | Type::Enum(_), Type::Text | Type::Enum(_)) => true,
            (Type::List(a), Type::List(b)) => a.fits(b),
            (a, b) => a == b,
        }
    }
}

/// Where a condition stands; decides which names it may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// `when` and `gate` of a step; `item.<id>` is so when it is so for some change.
    Run,
    /// Selection of sites: `site.*`, `older`, `has_tag`.
    Site,
    /// Classes of change items: `item.*`.
    Item,
    /// Starts: `event.*`.
    Event,
}

/// The names and functions that a condition may use.
#[derive(Clone, Debug)]
pub struct Declared {
    names: BTreeMap<String, Type>,
    open: &'static [&'static str],
    functions: &'static [&'static str],
}

/// What conditions read of the product and of who holds a role: of the own organization, or of a
/// contractor, partner or customer.
fn around(template: &Template) -> BTreeMap<String, Type> {
    let product = ["class", "branches"].map(|it| (format!("product.{it}"), Type::Text));
    let team = template.roles.iter().flat_map(|role| {
        ["own", "outside"].map(|it| (format!("team.{}.{it}", role.id), Type::Bool))
    });
    product.into_iter().chain(team).collect()
}

impl Declared {
    /// What a template declares for conditions of this scope.
    pub fn of(template: &Template, scope: Scope) -> Declared {
        let mut names = around(template);
        let mut add = |name: String, kind: Type| names.insert(name, kind);
        let accepts = template.accepts.clone().unwrap_or_default();
        let kinds = if accepts.kinds.is_empty() { Type::Text } else { Type::Enum(accepts.kinds) };
        add("release.kind".into(), kinds);
        let modes = if accepts.modes.is_empty() {
            vec!["planned".to_owned(), "emergency".to_owned()]
        } else {
            accepts.modes
        };
        add("release.mode".into(), Type::Enum(modes));
        for name in ["id", "number", "title", "version"] {
            add(format!("release.{name}"), Type::Text);
        }
        add("release.purposes".into(), Type::List(Box::new(Type::Text)));
        for name in ["related", "sites", "days_live"] {
            add(format!("release.{name}"), Type::Int);
        }
        for field in &template.fields {
            add(format!("field.{}", field.id), type_of(&field.kind));
        }
        for setting in &template.settings {
            add(format!("setting.{}", setting.id), type_of(&setting.kind));
        }
        for (_, step) in template.steps() {
            add(format!("step.{}.state", step.id), Type::Text);
            if let StepKind::Decision(spec) = &step.kind {
                let outcomes = spec.outcomes.iter().map(|it| it.id.clone()).collect();
                add(format!("step.{}.outcome", step.id), Type::Enum(outcomes));
            }
            for check in &step.checks {
                let kind = match check.kind {
                    CheckKind::YesNo => Type::Bool,
                    CheckKind::Value { .. } => Type::Text,
                    CheckKind::Count { .. } => Type::Int,
                    _ => Type::Any,
                };
                add(format!("check.{}.{}", step.id, check.id), kind);
            }
        }
        if scope == Scope::Site {
            for name in ["version", "zone", "unit", "environment", "authority"] {
                add(format!("site.{name}"), Type::Text);
            }
            add("site".into(), Type::Any);
        }
        if scope == Scope::Item {
            for name in ["id", "kind", "purpose"] {
                names.insert(format!("item.{name}"), Type::Text);
            }
            for field in &template.item_fields {
                names.insert(format!("item.{}", field.id), type_of(&field.kind));
            }
        }
        if scope == Scope::Run {
            // In a step's condition: some change of the release is so.
            let asked = template.item_fields.iter().filter(|it| it.kind == FieldType::Bool);
            names.extend(asked.map(|it| (format!("item.{}", it.id), Type::Bool)));
        }
        let (open, functions): (&[_], &[_]) = match scope {
            Scope::Run => (&[], &[]),
            Scope::Site => (&["site."], &["older", "has_tag"]),
            // A process that declares what it asks of a change is held to it.
            Scope::Item if template.item_fields.is_empty() => (&["item."], &[]),
            Scope::Item => (&[], &[]),
            Scope::Event => (&["event."], &[]),
        };
        Declared { names, open, functions }
    }

    /// The type of a name.
    pub fn get(&self, name: &str) -> Option<Type> {
        let open = || self.open.iter().any(|it| name.starts_with(it)).then_some(Type::Any);
        self.names.get(name).cloned().or_else(open)
    }
}

fn type_of(kind: &FieldType) -> Type {
    match kind {
        FieldType::Bool => Type::Bool,
        FieldType::Enum(values) => Type::Enum(values.clone()),
        FieldType::Number => Type::Int,
        FieldType::Rows(_) => Type::List(Box::new(Type::Any)),
        _ => Type::Text,
    }
}

/// Why a condition does not type-check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// Checks a condition; all errors at once. A condition as a whole must be yes or no.
pub fn check(expr: &Expr, declared: &Declared) -> Vec<TypeError> {
    if expr.node.size() > EXPR_NODES_MAX || expr.node.depth() > EXPR_DEPTH_MAX {
        return vec![TypeError {
            code: "condition_too_large",
            message: format!("`{}` costs too much", cut(&expr.source)),
            fix: "split it: declare a field that a step asks for".to_owned(),
        }];
    }
    let mut errors = Vec::new();
    let whole = infer(&expr.node, declared, &mut errors);
    want(&Type::Bool, &whole, &expr.source, &mut errors);
    errors
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

fn want(wanted: &Type, found: &Type, what: &str, errors: &mut Vec<TypeError>) {
    if !wanted.fits(found) {
        errors.push(TypeError {
            code: "type_error",
            message: format!("`{}` is {}, not {}", cut(what), found.name(), wanted.name()),
            fix: "compare it, for example `field.count > 3`".to_owned(),
        });
    }
}

fn shown(node: &Node) -> String {
    match node {
        Node::Name(name) => name.clone(),
        Node::Literal(Value::Text(text)) => format!("\"{text}\""),
        Node::Literal(Value::Int(n)) => n.to_string(),
        Node::Call(name, _) => format!("{name}(…)"),
        _ => "the condition".to_owned(),
    }
}

fn infer(node: &Node, declared: &Declared, errors: &mut Vec<TypeError>) -> Type {
    match node {
        Node::Literal(value) => match value {
            Value::Null => Type::Any,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Text(_) => Type::Text,
            Value::List(_) => Type::List(Box::new(Type::Any)),
        },
        Node::Name(name) => declared.get(name).unwrap_or_else(|| {
            let near = nearest(name, declared.names.keys().map(String::as_str));
            let fix = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "declare it as a field or a setting of the process".to_owned(),
            };
            errors.push(TypeError {
                code: "unknown_name",
                message: format!("`{}` is not declared", cut(name)),
                fix,
            });
            Type::Any
        }),
        Node::List(list) => {
            let kinds: Vec<Type> = list.iter().map(|it| infer(it, declared, errors)).collect();
            Type::List(Box::new(kinds.into_iter().next().unwrap_or(Type::Any)))
        }
        Node::Not(inner) => {
            let found = infer(inner, declared, errors);
            want(&Type::Bool, &found, &shown(inner), errors);
            Type::Bool
        }
        Node::And(left, right) | Node::Or(left, right) => {
            for side in [left, right] {
                let found = infer(side, declared, errors);
                want(&Type::Bool, &found, &shown(side), errors);
            }
            Type::Bool
        }
        Node::Compare(how, left, right) => compared(*how, left, right, declared, errors),
        Node::In(item, list) => contained(item, list, declared, errors),
        Node::Call(name, args) => called(name, args, declared, errors),
    }
}

fn compared(
    how: Compare,
    left: &Node,
    right: &Node,
    declared: &Declared,
    errors: &mut Vec<TypeError>,
) -> Type {
    let (a, b) = (infer(left, declared, errors), infer(right, declared, errors));
    if !a.fits(&b) {
        errors.push(TypeError {
            code: "type_error",
            message: format!(
                "`{}` is {}; it cannot be compared with {}",
                shown(left),
                a.name(),
                b.name()
            ),
            fix: "compare values of one kind".to_owned(),
        });
    }
    if !matches!(how, Compare::Eq | Compare::Ne) && shown(left).ends_with(".version") {
        errors.push(TypeError {
            code: "type_error",
            message: format!("`{}` is a version and has an order of its own", shown(left)),
            fix: "write `older(site.version, release.version)`".to_owned(),
        });
    }
    possible(&a, right, &shown(left), errors);
    possible(&b, left, &shown(right), errors);
    Type::Bool
}

/// A value that an enum can never have makes a condition that is always false.
fn possible(kind: &Type, value: &Node, name: &str, errors: &mut Vec<TypeError>) {
    let (Type::Enum(values), Node::Literal(Value::Text(text))) = (kind, value) else { return };
    if !values.contains(text) {
        let fix = match nearest(text, values.iter().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("possible are {}", values.join(", ")),
        };
        errors.push(TypeError {
            code: "impossible_value",
            message: format!("`{name}` is never \"{}\"", cut(text)),
            fix,
        });
    }
}

fn contained(item: &Node, list: &Node, declared: &Declared, errors: &mut Vec<TypeError>) -> Type {
    let kind = infer(item, declared, errors);
    let found = infer(list, declared, errors);
    if !matches!(found, Type::List(_) | Type::Any) {
        want(&Type::List(Box::new(Type::Any)), &found, &shown(list), errors);
    }
    if let Node::List(values) = list {
        for value in values {
            possible(&kind, value, &shown(item), errors);
        }
    }
    Type::Bool
}

fn called(name: &str, args: &[Node], declared: &Declared, errors: &mut Vec<TypeError>) -> Type {
    for arg in args {
        infer(arg, declared, errors);
    }
    if !declared.functions.contains(&name) {
        let fix = match declared.functions {
            [] => "there are no functions in a condition of a step".to_owned(),
            all => format!("possible are {}", all.join(", ")),
        };
        errors.push(TypeError {
            code: "unknown_function",
            message: format!("there is no function `{}` here", cut(name)),
            fix,
        });
    } else if args.len() != 2 {
        errors.push(TypeError {
            code: "type_error",
            message: format!("`{name}` takes two values"),
            fix: "write `older(site.version, release.version)` or `has_tag(site, \"pilot\")`"
                .to_owned(),
        });
    }
    Type::Bool
}
