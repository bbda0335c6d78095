//! What is left of a condition once it is known which call an event is of.

use std::collections::HashMap;

use super::leaf::{Leaf, Test};
use super::matcher::How;
use super::nodes::{Node, NodeId, Nodes};
use crate::calls::Kind;

/// The same condition for events of one call: without questions that the call answers, or that no event of it can answer.
pub(super) fn specialize(
    nodes: &mut Nodes,
    id: NodeId,
    call: &str,
    kind: Kind,
    done: &mut HashMap<NodeId, NodeId>,
) -> NodeId {
    if let Some(known) = done.get(&id) {
        return *known;
    }
    let mut each = |nodes: &mut Nodes, parts: &[NodeId]| -> Vec<NodeId> {
        let parts = parts
            .iter()
            .map(|part| specialize(nodes, *part, call, kind, done));
        parts.collect()
    };
    let special = match nodes.get(id).clone() {
        Node::Constant(_) => id,
        Node::Leaf(number) => {
            let constant = nodes.leaf_of(number).and_then(|leaf| {
                let how = nodes.matcher(number).map(|matcher| &matcher.how);
                known(leaf, how, call, kind)
            });
            constant.map_or(id, |value| nodes.constant(value))
        }
        Node::Not(inner) => {
            let inner = each(nodes, &[inner]);
            let inner = inner.first().copied().unwrap_or(id);
            nodes.not(inner)
        }
        Node::And(parts) => {
            let parts = each(nodes, &parts);
            nodes.and(&parts)
        }
        Node::Or(parts) => {
            let parts = each(nodes, &parts);
            nodes.or(&parts)
        }
    };
    done.insert(id, special);
    special
}

/// The text that a field has for every event of a call
fn fixed<'a>(leaf: &Leaf, call: &'a str) -> Option<&'a [u8]> {
    match leaf.field()?.name {
        "evt.type" | "syscall.type" => Some(call.as_bytes()),
        "evt.dir" => Some(b"<"),
        "evt.source" => Some(b"syscall"),
        _ => None,
    }
}

/// The answer to a question, where all events of a call have the same
pub(super) fn known(leaf: &Leaf, how: Option<&How>, call: &str, kind: Kind) -> Option<bool> {
    if let Some(text) = fixed(leaf, call) {
        return match how? {
            How::Exists => Some(true),
            How::Text(matcher) => Some(matcher.matches(text)),
            _ => None,
        };
    }
    let mut answered = true;
    leaf.subject
        .fields(&mut |field| answered &= field.0.may_answer(kind));
    if !answered {
        return Some(leaf.without_answer());
    }
    if let Test::Other(_, other) | Test::OtherNumber(_, other) = &leaf.test {
        other.fields(&mut |field| answered &= field.0.may_answer(kind));
        if !answered {
            return Some(false);
        }
    }
    // Events are numbered from 1, which rules use to say "never".
    match (leaf.field()?.name, &leaf.test) {
        ("evt.num", Test::Numbers(values)) if values.iter().all(|value| *value < 1) => Some(false),
        _ => None,
    }
}
