//! Every rule about objects of manifests, and about the flags of programs that they call.

use super::checks::duplicate_key::DuplicateKey;
use super::checks::undecided_object::UndecidedObject;
use super::rule::ObjectRule;
use crate::workload::no_network_policy::NoNetworkPolicy;
use crate::{control_plane, encryption, workload};
use bartizan_engine::rule::About;

/// Rules that judge one object.
pub(crate) fn objects() -> impl Iterator<Item = &'static ObjectRule> {
    [control_plane::OBJECTS, encryption::ALL, workload::ALL]
        .into_iter()
        .flatten()
}

/// What is known of every rule.
pub(crate) fn all() -> Vec<&'static About> {
    let own = [
        &DuplicateKey::ABOUT,
        &NoNetworkPolicy::ABOUT,
        &UndecidedObject::ABOUT,
    ];
    let flags = control_plane::FLAGS.iter().map(|rule| rule.about);
    own.into_iter()
        .chain(flags)
        .chain(objects().map(|rule| rule.about))
        .collect()
}
