//! The children of a node of a grammar, and which of them were picked already.

use super::{Node, Pick, Reader, is_among};

/// The children of one node; what was picked is marked.
pub(super) struct Parts<'t>(Vec<(Node<'t>, bool)>);

impl<'t> Parts<'t> {
    pub(super) fn of(front: &mut Reader<'t>, node: Node<'t>) -> Self {
        Self(front.kids(node).all().map(|kid| (kid, false)).collect())
    }

    /// The first one that is meant.
    pub(super) fn first(&mut self, front: &mut Reader<'t>, pick: &Pick) -> Option<Node<'t>> {
        self.picked(front, pick, 1).into_iter().next()
    }

    /// Each one that is meant.
    pub(super) fn each(&mut self, front: &mut Reader<'t>, pick: &Pick) -> Vec<Node<'t>> {
        self.picked(front, pick, usize::MAX)
    }

    /// Nodes and tokens of these names.
    pub(super) fn named(&mut self, names: &str) -> Vec<Node<'t>> {
        let fits = |kid: &Node<'t>| is_among(names, kid.node.kind());
        let mut found = Vec::new();
        for (kid, taken) in &mut self.0 {
            if !*taken && fits(kid) {
                *taken = true;
                found.push(*kid);
            }
        }
        found
    }

    fn picked(&mut self, front: &mut Reader<'t>, pick: &Pick, most: usize) -> Vec<Node<'t>> {
        if let Pick::In(outer, inner) = pick {
            let Some(within) = self.again(outer) else {
                return Vec::new();
            };
            return Parts::of(front, within).picked(front, inner, most);
        }
        let numbers: Vec<usize> = self.numbers(pick);
        let mut found = Vec::new();
        for number in numbers {
            if let Some((kid, taken)) = self.0.get_mut(number)
                && !*taken
                && found.len() < most
            {
                *taken = true;
                found.push(*kid);
            }
        }
        found
    }

    /// The first one that is meant, whether it was picked or not.
    fn again(&mut self, pick: &Pick) -> Option<Node<'t>> {
        let number = *self.numbers(pick).first()?;
        let (kid, taken) = self.0.get_mut(number)?;
        *taken = true;
        Some(*kid)
    }

    fn numbers(&self, pick: &Pick) -> Vec<usize> {
        let places = self.0.iter().enumerate();
        match pick {
            Pick::Field(names) => places
                .filter(|(_, (kid, _))| is_among(names, kid.field) && (kid.named || kid.kind.0.is_some()))
                .map(|(at, _)| at)
                .collect(),
            Pick::Kind(names) => places
                .filter(|(_, (kid, _))| is_among(names, kid.node.kind()))
                .map(|(at, _)| at)
                .collect(),
            Pick::Nth(number) => places
                .filter(|(_, (kid, _))| kid.named)
                .map(|(at, _)| at)
                .skip(*number)
                .take(1)
                .collect(),
            Pick::Labels => {
                let colon = self.0.iter().rposition(|(kid, _)| kid.node.kind() == ":");
                places
                    .filter(|&(at, (kid, _))| kid.named && colon.is_some_and(|colon| at < colon))
                    .map(|(at, _)| at)
                    .collect()
            }
            Pick::Branch => places
                .filter(|(_, (kid, _))| kid.named && !is_among("elif_clause else_clause", kid.node.kind()))
                .map(|(at, _)| at)
                .collect(),
            Pick::Value => {
                let sign = self.0.iter().position(|(kid, _)| kid.node.kind() == "=");
                places
                    .filter(|&(at, (kid, _))| kid.named && sign.is_some_and(|sign| at > sign))
                    .map(|(at, _)| at)
                    .take(1)
                    .collect()
            }
            Pick::After(earlier, later) => {
                let first = self
                    .0
                    .iter()
                    .position(|(kid, _)| is_among(earlier, kid.node.kind()));
                places
                    .filter(|&(at, (kid, _))| {
                        is_among(later, kid.node.kind()) && first.is_some_and(|first| at > first)
                    })
                    .map(|(at, _)| at)
                    .collect()
            }
            Pick::With(names) => places
                .filter(|(_, (kid, _))| kid.named || is_among(names, kid.node.kind()))
                .map(|(at, _)| at)
                .collect(),
            Pick::Rest => places
                .filter(|(_, (kid, _))| kid.named)
                .map(|(at, _)| at)
                .collect(),
            Pick::In(..) | Pick::None => Vec::new(),
        }
    }
}
