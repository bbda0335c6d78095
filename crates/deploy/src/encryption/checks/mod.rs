//! What is wrong with encryption. One rule a file; its doc comment is the manual, its page in Markdown the test.

mod certificate_lifetime;
mod certificate_source;
mod ingress_without_tls;
mod key_beside_data;
mod mesh_in_plaintext;
mod mesh_unverified;
mod plain_http_kept;
mod plain_listener;
mod secrets_in_plaintext;
mod unencrypted_volumes;
mod unverified_backend;
mod weak_tls;

use crate::kube::rule::ObjectRule;

/// Every rule.
pub(crate) const ALL: &[ObjectRule] = &[
    certificate_lifetime::RULE,
    certificate_source::RULE,
    ingress_without_tls::RULE,
    key_beside_data::RULE,
    mesh_in_plaintext::RULE,
    mesh_unverified::RULE,
    plain_http_kept::RULE,
    plain_listener::RULE,
    secrets_in_plaintext::RULE,
    unencrypted_volumes::RULE,
    unverified_backend::RULE,
    weak_tls::RULE,
];
