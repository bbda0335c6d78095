//! Files that override others: `override.tf`, those that end with `_override.tf`, and both with `.json`.
//!
//! Their blocks are merged into the blocks of the same type and labels in the other files of the directory: attributes take the place of
//! attributes, nested blocks that of all nested blocks of their type.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/files/override>.

use super::File;
use crate::paths::directory_of;
use hcl_edit::Ident;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Body, Structure};

/// Whether a file overrides others.
pub(super) fn is_one(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.strip_suffix(".json").unwrap_or(name);
    name == "override.tf" || name.ends_with("_override.tf")
}

/// Merges what overrides into what it overrides. What overrides nothing stays where it is, for Terraform refuses it.
pub(super) fn merge(files: &[File<'_>], bodies: &mut [Option<Body>]) {
    for at in 0..files.len() {
        let Some(file) = files.get(at).filter(|file| is_one(file.path)) else {
            continue;
        };
        let Some(body) = bodies.get_mut(at).and_then(Option::take) else {
            continue;
        };
        let mut left = Body::new();
        for structure in body {
            let Structure::Block(block) = structure else {
                continue;
            };
            let others = files.iter().zip(bodies.iter_mut());
            let mut others = others
                .filter(|(other, _)| {
                    !is_one(other.path) && directory_of(other.path) == directory_of(file.path)
                })
                .filter_map(|(_, body)| body.as_mut())
                .flat_map(Body::blocks_mut)
                .filter(|other| is_same(other, &block));
            match others.next() {
                Some(other) => into(&mut other.body, block.body),
                None => left.push(block),
            }
        }
        if let Some(body) = bodies.get_mut(at) {
            *body = Some(left);
        }
    }
}

fn is_same(one: &Block, other: &Block) -> bool {
    let labels = |block: &Block| {
        block
            .labels
            .iter()
            .map(|label| label.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    one.ident.value() == other.ident.value()
        && labels(one) == labels(other)
        && one.ident.value().as_str() != "locals"
}

fn into(body: &mut Body, by: Body) {
    let kinds: std::collections::BTreeSet<String> =
        by.blocks().map(|block| block.ident.value().to_string()).collect();
    for kind in kinds {
        body.remove_blocks(&kind);
    }
    for structure in by {
        match structure {
            Structure::Attribute(one) => {
                body.remove_attribute(one.key.value().as_str());
                body.push(attribute(&one));
            }
            Structure::Block(block) => body.push(placeless(&block)),
        }
    }
}

/// An attribute without a place: it stands in another file than the block that it is now a part of.
fn attribute(one: &Attribute) -> Attribute {
    let value: Expression = one.value.clone();
    Attribute::new(Ident::new(one.key.value().as_str()), value)
}

fn placeless(block: &Block) -> Block {
    let mut out = Block::new(Ident::new(block.ident.value().as_str()));
    out.labels = block
        .labels
        .iter()
        .map(|label| hcl_edit::structure::BlockLabel::from(label.as_str()))
        .collect();
    for structure in block.body.iter() {
        match structure {
            Structure::Attribute(one) => out.body.push(attribute(one)),
            Structure::Block(block) => out.body.push(placeless(block)),
        }
    }
    out
}
