//! What is encrypted where it lies and on its way: stores, entrances, meshes, certificates, volumes.
//!
//! In: objects of Kubernetes, of the Gateway API, Istio, Linkerd, Traefik, Contour and cert-manager, and EncryptionConfigurations. Out:
//! what rules say of them. What a provider or another file decides is undecided.

mod checks;

pub(crate) use checks::ALL;
