//! What objects of Istio say, and which pods are in its mesh: read once here, for everything that judges by it.
//!
//! In: nodes of objects, labels. Out: modes of mutual TLS with their places, and whether a pod has a proxy.
//!
//! Source: <https://istio.io/latest/docs/reference/config/security/peer_authentication/>,
//! <https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy>.

pub(crate) mod membership;
pub(crate) mod peers;

/// The namespace whose policies hold for the whole mesh, unless its configuration names another.
pub(crate) const ROOT: &str = "istio-system";
