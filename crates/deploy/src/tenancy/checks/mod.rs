//! The rules about tenants. One a file; its doc comment is the manual, its page in Markdown the test. The modules of `aspects` judge.

pub(super) mod egress_open;
pub(super) mod external_ip;
pub(super) mod guards_writable;
pub(super) mod host_clash;
pub(super) mod image_pull;
pub(super) mod ingress_snippet;
pub(super) mod mesh_authorization;
pub(super) mod mesh_mtls;
pub(super) mod metadata_reachable;
pub(super) mod network_open;
pub(super) mod no_limit_range;
pub(super) mod no_pod_security;
pub(super) mod no_quota;
pub(super) mod no_self_service;
pub(super) mod node_port;
pub(super) mod pod_escape;
pub(super) mod preemption;
pub(super) mod rbac_across;
pub(super) mod rbac_cluster;
pub(super) mod relabel;
pub(super) mod shared_node;
pub(super) mod shared_volume;
pub(super) mod undecided;
pub(super) mod volume_reclaim;

use bartizan_engine::rule::About;

/// Every rule, ordered by id.
pub(super) const ALL: &[&About] = &[
    &egress_open::OpenEgress::ABOUT,
    &external_ip::ExternalIp::ABOUT,
    &guards_writable::GuardsWritable::ABOUT,
    &host_clash::HostClash::ABOUT,
    &image_pull::ImagePull::ABOUT,
    &ingress_snippet::IngressSnippet::ABOUT,
    &mesh_authorization::MeshAuthorization::ABOUT,
    &mesh_mtls::MeshMtls::ABOUT,
    &metadata_reachable::MetadataReachable::ABOUT,
    &network_open::OpenNetwork::ABOUT,
    &no_limit_range::NoLimitRange::ABOUT,
    &no_pod_security::NoPodSecurity::ABOUT,
    &no_quota::NoQuota::ABOUT,
    &no_self_service::NoSelfService::ABOUT,
    &node_port::NodePort::ABOUT,
    &pod_escape::PodEscape::ABOUT,
    &preemption::Preemption::ABOUT,
    &rbac_across::RbacAcross::ABOUT,
    &rbac_cluster::RbacCluster::ABOUT,
    &relabel::Relabel::ABOUT,
    &shared_node::SharedNode::ABOUT,
    &shared_volume::SharedVolume::ABOUT,
    &undecided::Undecided::ABOUT,
    &volume_reclaim::VolumeReclaim::ABOUT,
];
