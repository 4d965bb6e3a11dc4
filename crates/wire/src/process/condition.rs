//! Conditions: CEL text into the tree of `core`, refusing what lies outside the subset.

use cel::common::ast::{CallExpr, Expr as Cel, LiteralValue, operators as op};
use cel::parser::{Expression, Parser};
use roadbook_core::limits::{EXPR_DEPTH_MAX, EXPR_NODES_MAX};
use roadbook_core::process::expr::{Compare, Expr, Node, Value};

/// Characters of a condition.
const CHARS_MAX: usize = 4_000;

/// Why a text is not a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The nearest form that works.
    pub fix: String,
}

/// The parser recurses, and a thread of a server has a small stack: what has more brackets and signs
/// than this is read on a stack of its own …
const SHALLOW: usize = 6;
/// … of so many bytes.
const STACK: usize = 64 << 20;

fn problem(code: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Problem {
    Problem { code, message: message.into(), fix: fix.into() }
}

fn outside(what: &str, fix: &str) -> Problem {
    problem("condition_subset", format!("{what} is not part of conditions"), fix)
}

/// Reads a condition.
pub fn parse(source: &str) -> Result<Expr, Problem> {
    let text = source.trim();
    if text.is_empty() {
        return Err(problem(
            "condition_empty",
            "the condition is empty",
            "remove the key, or write for example `release.mode == \"planned\"`",
        ));
    }
    if text.chars().count() > CHARS_MAX || nesting(text) > EXPR_DEPTH_MAX {
        return Err(too_large());
    }
    let node = if steps_in(text) <= SHALLOW { whole(text)? } else { deep(text)? };
    if node.size() > EXPR_NODES_MAX || node.depth() > EXPR_DEPTH_MAX {
        return Err(too_large());
    }
    Ok(Expr { source: text.to_owned(), node })
}

/// Reads it on a stack that holds the deepest text that is read at all.
fn deep(text: &str) -> Result<Node, Problem> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK);
        let reader = reader.spawn_scoped(scope, || whole(text)).map_err(|_| too_large())?;
        reader.join().unwrap_or_else(|_| Err(too_large()))
    })
}

/// All that the parser may step into: open brackets and signs.
fn steps_in(text: &str) -> usize {
    text.chars().filter(|it| "([{!-?".contains(*it)).count()
}

fn whole(text: &str) -> Result<Node, Problem> {
    let tree = Parser::new().max_recursion_depth(96).error_recovery_limit(3).parse(text).map_err(
        |errors| {
            let first = errors.errors.first().map(|it| it.msg.clone()).unwrap_or_default();
            let first: String = first.chars().take(200).collect();
            problem(
                "condition_syntax",
                format!("the condition cannot be read: {first}"),
                "write for example `release.kind == \"upgrade\" && field.relogin`",
            )
        },
    )?;
    node(&tree, 0)
}

fn too_large() -> Problem {
    problem(
        "condition_too_large",
        format!(
            "the condition has more than {EXPR_NODES_MAX} parts, {CHARS_MAX} characters or {EXPR_DEPTH_MAX} levels"
        ),
        "split it: declare a field that is answered in a step, and ask for that field",
    )
}

/// Open brackets and signs at one place; the parser recurses on both.
fn nesting(text: &str) -> usize {
    let (mut open, mut most, mut signs) = (0_usize, 0, 0_usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '!' | '-' | '?' => signs += 1,
            _ => {}
        }
        most = most.max(open);
    }
    most.max(signs / 4)
}

fn node(tree: &Expression, depth: usize) -> Result<Node, Problem> {
    if depth > 64 {
        return Err(too_large());
    }
    match &tree.expr {
        Cel::Literal(value) => literal(value),
        Cel::Ident(name) => Ok(Node::Name(name.clone())),
        Cel::Select(select) if !select.test => match node(&select.operand, depth + 1)? {
            Node::Name(before) => Ok(Node::Name(format!("{before}.{}", select.field))),
            _ => Err(outside(
                "a part of a computed value",
                "name the value directly, for example `release.kind`",
            )),
        },
        Cel::Select(_) => Err(outside("`has(…)`", "compare with null: `field.name != null`")),
        Cel::List(list) => Ok(Node::List(
            list.elements.iter().map(|it| node(it, depth + 1)).collect::<Result<_, _>>()?,
        )),
        Cel::Call(call) => called(call, depth),
        Cel::Comprehension(_) => Err(outside(
            "a loop (`all`, `exists`, `map`, `filter`)",
            "use `in`: `release.kind in [\"upgrade\", \"patch\"]`",
        )),
        Cel::Map(_) | Cel::Struct(_) => Err(outside("`{…}`", "use a list: `[\"a\", \"b\"]`")),
        Cel::Unspecified => Err(problem(
            "condition_syntax",
            "the condition is incomplete",
            "write for example `field.relogin`",
        )),
    }
}

fn literal(value: &LiteralValue) -> Result<Node, Problem> {
    Ok(Node::Literal(match value {
        LiteralValue::Boolean(it) => Value::Bool(*it.inner()),
        LiteralValue::Int(it) => Value::Int(*it.inner()),
        LiteralValue::String(it) => Value::Text(it.inner().to_owned()),
        LiteralValue::Null => Value::Null,
        LiteralValue::Double(_) => {
            return Err(outside(
                "a number with a fraction",
                "use a whole number of a smaller unit",
            ));
        }
        LiteralValue::UInt(_) => return Err(outside("an unsigned number", "write it without `u`")),
        LiteralValue::Bytes(_) => return Err(outside("a byte text", "write it without `b`")),
    }))
}

fn called(call: &CallExpr, depth: usize) -> Result<Node, Problem> {
    if call.target.is_some() {
        let fix = "use `==`, `in`, `older(a, b)` or `has_tag(site, \"tag\")`";
        return Err(outside(&format!("the method `{}`", call.func_name), fix));
    }
    let args = || call.args.iter().map(|it| node(it, depth + 1)).collect::<Result<Vec<_>, _>>();
    let two = |make: fn(Box<Node>, Box<Node>) -> Node| -> Result<Node, Problem> {
        let mut args = args()?.into_iter();
        match (args.next(), args.next()) {
            (Some(left), Some(right)) => Ok(make(Box::new(left), Box::new(right))),
            _ => Err(problem(
                "condition_syntax",
                "an operator lacks a side",
                "write for example `a == b`",
            )),
        }
    };
    match call.func_name.as_str() {
        op::LOGICAL_AND => two(Node::And),
        op::LOGICAL_OR => two(Node::Or),
        op::IN => two(Node::In),
        op::EQUALS => two(|a, b| Node::Compare(Compare::Eq, a, b)),
        op::NOT_EQUALS => two(|a, b| Node::Compare(Compare::Ne, a, b)),
        op::LESS => two(|a, b| Node::Compare(Compare::Lt, a, b)),
        op::LESS_EQUALS => two(|a, b| Node::Compare(Compare::Le, a, b)),
        op::GREATER => two(|a, b| Node::Compare(Compare::Gt, a, b)),
        op::GREATER_EQUALS => two(|a, b| Node::Compare(Compare::Ge, a, b)),
        op::LOGICAL_NOT => match args()?.into_iter().next() {
            Some(inner) => Ok(Node::Not(Box::new(inner))),
            None => Err(problem(
                "condition_syntax",
                "`!` lacks its operand",
                "write for example `!field.relogin`",
            )),
        },
        op::NEGATE => match args()?.into_iter().next() {
            Some(Node::Literal(Value::Int(n))) => Ok(Node::Literal(Value::Int(n.wrapping_neg()))),
            _ => Err(outside("arithmetic", "compare the plain values")),
        },
        op::CONDITIONAL => Err(outside("`a ? b : c`", "write `(a && b) || (!a && c)`")),
        op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO => {
            Err(outside("arithmetic", "compare the plain values, for example `field.hours > 24`"))
        }
        op::INDEX | op::OPT_INDEX | op::OPT_SELECT => {
            Err(outside("an element of a list", "use `in`: `\"a\" in field.list`"))
        }
        "size" => Err(outside("`size(…)`", "declare a number field and compare it")),
        name => Ok(Node::Call(name.to_owned(), args()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_become_trees() {
        let kind = || Box::new(Node::Name("release.kind".into()));
        let text = |it: &str| Node::Literal(Value::Text(it.into()));
        for (source, expected) in [
            (
                "release.kind == \"upgrade\"",
                Node::Compare(Compare::Eq, kind(), Box::new(text("upgrade"))),
            ),
            (
                "release.kind in ['a', 'b']",
                Node::In(kind(), Box::new(Node::List(vec![text("a"), text("b")]))),
            ),
            ("!field.x", Node::Not(Box::new(Node::Name("field.x".into())))),
            (
                "field.n > -3",
                Node::Compare(
                    Compare::Gt,
                    Box::new(Node::Name("field.n".into())),
                    Box::new(Node::Literal(Value::Int(-3))),
                ),
            ),
            (
                "older(site.version, release.version)",
                Node::Call(
                    "older".into(),
                    vec![Node::Name("site.version".into()), Node::Name("release.version".into())],
                ),
            ),
        ] {
            assert_eq!(parse(source).map(|it| it.node), Ok(expected), "{source}");
        }
    }

    #[test]
    fn what_lies_outside_the_subset_is_refused_with_the_nearest_form() {
        for (source, code, fix) in [
            ("a ? b : c", "condition_subset", "(a && b) || (!a && c)"),
            ("x.all(i, i > 1)", "condition_subset", "`in`"),
            ("release.version.startsWith('1')", "condition_subset", "older"),
            ("field.a + 1 > 2", "condition_subset", "plain values"),
            ("has(field.a)", "condition_subset", "!= null"),
            ("1.5 > 1.0", "condition_subset", "whole number"),
            ("a[0] == 1", "condition_subset", "in"),
            ("{'a': 1}", "condition_subset", "list"),
            ("a ==", "condition_syntax", "release.kind"),
            ("", "condition_empty", "remove"),
            ("a &&& b", "condition_syntax", "release.kind"),
        ] {
            let problem = parse(source).expect_err(source);
            assert_eq!(problem.code, code, "{source}");
            assert!(problem.fix.contains(fix), "{source}: {}", problem.fix);
        }
    }

    #[test]
    fn a_condition_that_would_exhaust_the_parser_is_refused_before_it() {
        for source in [
            "(".repeat(5_000),
            "!".repeat(3_000) + "a",
            "[".repeat(100),
            "a && ".repeat(2_000) + "a",
        ] {
            assert_eq!(parse(&source).expect_err("too large").code, "condition_too_large");
        }
    }
}
