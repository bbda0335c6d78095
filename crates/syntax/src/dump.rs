//! A tree as text, for tests and for people who write rules: a statement of the file a line, each node in parentheses.
//!
//! `(Binary:Plus (Name x) (Number 1))`: the kind, the operator after a colon, marks after an exclamation mark, what a leaf holds, children.
//! An absent child is `_`; text is quoted where it is not a plain word.

use std::fmt::Write as _;

use crate::ast::{Ast, Flags, Node, NodeId};
use crate::kind::{Kind, Operator};

impl Ast {
    /// The tree as text.
    #[must_use]
    pub fn dump(&self) -> String {
        let mut text = String::new();
        for &statement in self.children(NodeId::ROOT) {
            self.dump_into(statement, &mut text);
            text.push('\n');
        }
        text
    }

    /// A node and what is below it as text, on one line.
    #[must_use]
    pub fn dump_node(&self, id: NodeId) -> String {
        let mut text = String::new();
        self.dump_into(id, &mut text);
        text
    }

    fn dump_into(&self, root: NodeId, text: &mut String) {
        let mut open: Vec<u32> = Vec::new();
        for id in self.subtree(root) {
            while open.last().is_some_and(|&end| end <= id.0) {
                open.pop();
                text.push(')');
            }
            if !open.is_empty() {
                text.push(' ');
            }
            let node = self.node(id);
            if node.kind == Kind::Nothing {
                text.push('_');
                continue;
            }
            text.push('(');
            head(self, id, node, text);
            open.push(node.end);
        }
        text.extend(open.iter().map(|_| ')'));
    }
}

fn head(ast: &Ast, id: NodeId, node: &Node, text: &mut String) {
    // Writing into a string does not fail.
    let _ = write!(text, "{:?}", node.kind);
    if node.operator != Operator::None {
        let _ = write!(text, ":{:?}", node.operator);
    }
    for (flag, name) in FLAGS {
        if node.flags.has(flag) {
            text.push('!');
            text.push_str(name);
        }
    }
    if node.symbol.is_some() {
        let value = ast.text(id);
        let plain = |letter: char| letter.is_alphanumeric() || "_$@.*/-".contains(letter);
        if !value.is_empty() && value.chars().all(plain) && node.kind != Kind::Str {
            let _ = write!(text, " {value}");
        } else {
            let _ = write!(text, " {value:?}");
        }
    }
}

const FLAGS: [(Flags, &str); 13] = [
    (Flags::OPTIONAL, "optional"),
    (Flags::TAGGED, "tagged"),
    (Flags::PREFIX, "prefix"),
    (Flags::SPREAD, "spread"),
    (Flags::DECLARES, "declares"),
    (Flags::KEYS, "keys"),
    (Flags::FALLS_THROUGH, "falls_through"),
    (Flags::DEFAULT, "default"),
    (Flags::ASYNC, "async"),
    (Flags::GENERATOR, "generator"),
    (Flags::ACCESSOR, "accessor"),
    (Flags::BYTES, "bytes"),
    (Flags::IMPLIED, "implied"),
];
