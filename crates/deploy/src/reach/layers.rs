//! What all layers together let through: what leaves, what arrives, and what a mesh lets pass.

use super::classes::{Classes, Member};
use super::condition::{Condition, Passage};
use super::decide::Side;
use super::mesh::Mesh;
use super::parties::{Is, Party};
use super::pool::{Id, NONE, Pool};

/// What leaves, what arrives, and what a mesh lets through.
pub(super) type Layers<'s, 'm> = (&'s Side, &'s Side, Option<&'s Mesh<'m>>);

/// What a source can with every class, and then with every piece of the addresses outside.
pub(super) fn row(
    classes: &Classes,
    (egress, ingress, mesh): Layers<'_, '_>,
    pool: &mut Pool,
    from: &Is<'_>,
) -> Vec<Id> {
    let count = classes.count();
    let pieces = Member::try_from(classes.destinations.len()).unwrap_or_default();
    let own: Vec<Member> = match from {
        Is::Outside(piece, _) => {
            let arrives = (0..count).map(|class| {
                let arrives = ingress.allows(class, *piece);
                match mesh {
                    Some(mesh) if arrives != NONE => pool.intersection(arrives, mesh.upper(*piece, class)),
                    _ => arrives,
                }
            });
            return arrives.collect();
        }
        Is::Workload(looks) => {
            let mut own: Vec<Member> = looks.iter().map(|(_, class)| *class).collect();
            own.dedup();
            own
        }
        Is::Controller(class, ..) | Is::Entity(class) => vec![*class],
    };
    let mut row = vec![NONE; (count + pieces) as usize];
    for class in own {
        for (other, sum) in (0..).zip(&mut row) {
            let leaves = egress.allows(class, other);
            let arrives = if other < count && leaves != NONE {
                ingress.allows(other, class)
            } else {
                leaves
            };
            let both = pool.intersection(leaves, arrives);
            let both = match mesh {
                Some(mesh) if both != NONE => pool.intersection(both, mesh.upper(class, other)),
                _ => both,
            };
            *sum = pool.union(*sum, both);
        }
    }
    row
}

/// What may pass from a class or a piece to another, with what it depends on.
pub(super) fn passage(
    (egress, ingress, mesh): Layers<'_, '_>,
    pool: &mut Pool,
    (from, to): (Member, Member),
    count: Member,
) -> Passage {
    let mut passage = if from < count {
        egress.passage(from, to)
    } else {
        Passage::OPEN
    };
    if to < count {
        passage = passage.and(&ingress.passage(to, from), pool);
    }
    match mesh.and_then(|mesh| mesh.passage(from, to)) {
        Some(of_mesh) => passage.and(of_mesh, pool),
        None => passage,
    }
}

/// What parts of the connections between two depend on.
pub(super) fn conditions(
    layers: Layers<'_, '_>,
    pool: &mut Pool,
    (from, to): (&Party<'_>, &Party<'_>),
    id: Id,
) -> Vec<Condition> {
    let count = layers.0.count();
    let mut sum: Option<Passage> = None;
    for source in from.members() {
        for destination in to.members() {
            let one = passage(layers, pool, (source, destination), count);
            sum = Some(match sum {
                None => one,
                Some(sum) => sum.or(&one, pool),
            });
        }
    }
    let passage = sum.map(|sum| sum.within(id, pool));
    passage.map_or_else(Vec::new, |passage| passage.conditions(pool))
}

/// What a source can with a destination, where `row` says what it can with every class.
pub(super) fn within(row: &[Id], pool: &mut Pool, from: &Party<'_>, to: &Party<'_>) -> Id {
    let at = |member: Member| row.get(member as usize).copied().unwrap_or(NONE);
    match (&from.is, &to.is) {
        (Is::Workload(_), Is::Outside(piece, _)) => at(*piece),
        (Is::Workload(_), Is::Entity(class)) => at(*class),
        (Is::Workload(_) | Is::Outside(..) | Is::Entity(_), Is::Workload(looks)) => {
            let classes = looks.iter().map(|(_, class)| *class);
            let id = classes.fold(NONE, |sum, class| pool.union(sum, at(class)));
            if id != NONE && from.name == to.name {
                return NONE;
            }
            id
        }
        (Is::Controller(_, targets), Is::Workload(looks)) => looks.iter().fold(NONE, |sum, (look, class)| {
            let led = targets.get(look).map_or(NONE, |(led, _)| *led);
            let both = pool.intersection(led, at(*class));
            pool.union(sum, both)
        }),
        _ => NONE,
    }
}
