//! Puts children of a node of a grammar where the node of ours wants them.

use super::parts::Parts;
use super::{Node, Pick, Reader, Slot};
use crate::builder::Draft;
use crate::kind::{Kind, Operator};

impl<'t> Reader<'t> {
    /// A node with its children in their places.
    pub(super) fn laid(&mut self, node: Node<'t>, kind: Kind, slots: &'static [Slot]) -> Draft {
        let mut parts = Parts::of(self, node);
        let mut children = Vec::with_capacity(slots.len());
        self.fill(node, &mut parts, slots, &mut children);
        self.build.node(kind, node.span(), children)
    }

    fn fill(&mut self, node: Node<'t>, parts: &mut Parts<'t>, slots: &'static [Slot], into: &mut Vec<Draft>) {
        for slot in slots {
            let at = into
                .last()
                .map_or(node.span().start, |&last| self.build.span(last).end);
            if let Slot::All(pick) = slot {
                let all = self.all_of(parts, pick);
                into.extend(all);
                continue;
            }
            let draft = self.in_slot(node, parts, slot, at);
            let draft = draft.unwrap_or_else(|| self.build.nothing(at));
            into.push(draft);
        }
    }

    /// What stands in a place that has one node; byte `at` is where it would be.
    pub(super) fn in_slot(
        &mut self,
        node: Node<'t>,
        parts: &mut Parts<'t>,
        slot: &'static Slot,
        at: u32,
    ) -> Option<Draft> {
        match slot {
            Slot::One(pick) => self.one_of(parts, pick),
            Slot::Type(pick) => self.type_of(parts, pick),
            Slot::Block(pick) => self.one_block(parts, pick),
            Slot::Body(pick) => Some(self.body(parts, pick, at)),
            Slot::Else(pick) => self.branches(parts, pick),
            Slot::OrEmpty(kind, pick) => Some(self.one_or_empty(parts, *kind, pick, at)),
            Slot::All(pick) => self.all_of(parts, pick).into_iter().next(),
            Slot::Group(kind, pick) => Some(self.group(parts, *kind, pick, at)),
            Slot::OneOrTuple(pick) => Some(self.one_or_several(parts, pick, at)),
            Slot::Path(pick) => self.path(parts, pick),
            Slot::Modifiers(names) => Some(self.modifiers(parts, names, at)),
            Slot::Nested(kind, slots) => self.nested(node, parts, *kind, slots),
            Slot::Operated(kind, operator, slots) => self.operated(node, parts, (*kind, *operator), slots),
            Slot::Members(params, body) => Some(self.members(parts, params, body, at)),
            Slot::Begun(first, body) => self.begun(parts, first, body, at),
            Slot::Either(slots) => self.either(node, parts, slots, at),
            Slot::Absent => None,
        }
    }

    fn one_of(&mut self, parts: &mut Parts<'t>, pick: &Pick) -> Option<Draft> {
        let one = parts.first(self, pick)?;
        Some(self.lower(one))
    }

    fn all_of(&mut self, parts: &mut Parts<'t>, pick: &Pick) -> Vec<Draft> {
        let all = parts.each(self, pick);
        self.lower_all(all.into_iter())
    }

    fn type_of(&mut self, parts: &mut Parts<'t>, pick: &Pick) -> Option<Draft> {
        let one = parts.first(self, pick)?;
        Some(self.typed(one))
    }

    fn one_block(&mut self, parts: &mut Parts<'t>, pick: &Pick) -> Option<Draft> {
        let one = parts.first(self, pick)?;
        Some(self.block_of(one))
    }

    fn body(&mut self, parts: &mut Parts<'t>, pick: &Pick, at: u32) -> Draft {
        let mut statements = Vec::new();
        for one in parts.each(self, pick) {
            self.statement(one, &mut statements);
        }
        self.enclose(Kind::Block, statements, at)
    }

    fn branches(&mut self, parts: &mut Parts<'t>, pick: &Pick) -> Option<Draft> {
        let all = parts.each(self, pick);
        self.otherwise(&all)
    }

    fn one_or_empty(&mut self, parts: &mut Parts<'t>, kind: Kind, pick: &Pick, at: u32) -> Draft {
        match parts.first(self, pick) {
            Some(one) => self.lower(one),
            None => self.empty(kind, at),
        }
    }

    fn group(&mut self, parts: &mut Parts<'t>, kind: Kind, pick: &Pick, at: u32) -> Draft {
        let drafts = self.all_of(parts, pick);
        let drafts = self.flat(kind, drafts);
        let drafts = match kind {
            Kind::Params => self.as_params(drafts),
            _ => drafts,
        };
        self.enclose(kind, drafts, at)
    }

    fn one_or_several(&mut self, parts: &mut Parts<'t>, pick: &Pick, at: u32) -> Draft {
        let drafts = self.all_of(parts, pick);
        let drafts = self.flat(Kind::Args, drafts);
        self.one_or_tuple(drafts, at)
    }

    fn path(&mut self, parts: &mut Parts<'t>, pick: &Pick) -> Option<Draft> {
        let one = parts.first(self, pick)?;
        let text = self.text_of(one).trim_matches(['"', '<', '>', '\'']);
        Some(self.build.leaf(Kind::Path, one.span(), text))
    }

    fn begun(&mut self, parts: &mut Parts<'t>, first: &Pick, body: &Pick, at: u32) -> Option<Draft> {
        let first = self.one_of(parts, first)?;
        let mut statements = vec![first];
        if let Some(body) = parts.first(self, body) {
            let body = self.block_of(body);
            statements.extend_from_slice(self.build.children(body));
        }
        Some(self.enclose(Kind::Block, statements, at))
    }

    fn members(&mut self, parts: &mut Parts<'t>, params: &Pick, body: &Pick, at: u32) -> Draft {
        let mut statements = Vec::from_iter(self.one_of(parts, params));
        if let Some(body) = parts.first(self, body) {
            let body = self.block_of(body);
            statements.extend_from_slice(self.build.children(body));
        }
        self.enclose(Kind::Block, statements, at)
    }

    fn either(
        &mut self,
        node: Node<'t>,
        parts: &mut Parts<'t>,
        slots: &'static [Slot],
        at: u32,
    ) -> Option<Draft> {
        for slot in slots {
            let draft = self.in_slot(node, parts, slot, at);
            if draft.is_some_and(|draft| self.build.kind(draft) != Kind::Nothing) {
                return draft;
            }
        }
        None
    }

    fn operated(
        &mut self,
        node: Node<'t>,
        parts: &mut Parts<'t>,
        (kind, operator): (Kind, Operator),
        slots: &'static [Slot],
    ) -> Option<Draft> {
        let draft = self.nested(node, parts, kind, slots)?;
        Some(self.build.operator(draft, operator))
    }

    fn nested(
        &mut self,
        node: Node<'t>,
        parts: &mut Parts<'t>,
        kind: Kind,
        slots: &'static [Slot],
    ) -> Option<Draft> {
        let mut children = Vec::with_capacity(slots.len());
        let (first, others) = slots.split_at(1.min(slots.len()));
        self.fill(node, parts, first, &mut children);
        let real = |front: &Self, draft: Draft| front.build.kind(draft) != Kind::Nothing;
        if !children.iter().any(|&draft| real(self, draft)) {
            return None;
        }
        self.fill(node, parts, others, &mut children);
        let present: Vec<Draft> = children
            .iter()
            .copied()
            .filter(|&draft| real(self, draft))
            .collect();
        let span = self.around(&present, node.span().start);
        Some(self.build.node(kind, span, children))
    }

    /// The nodes, those of a kind replaced with their children.
    fn flat(&self, kind: Kind, drafts: Vec<Draft>) -> Vec<Draft> {
        let mut flat = Vec::with_capacity(drafts.len());
        for draft in drafts {
            if self.build.kind(draft) == kind {
                flat.extend_from_slice(self.build.children(draft));
            } else if self.build.kind(draft) != Kind::Nothing {
                flat.push(draft);
            }
        }
        flat
    }
}
