//! The programs of a cluster as components with versions, so that they can be matched with advisories.
//!
//! In: images of containers, and versions in configurations of kubeadm. Out: components under the names by which advisories of the Go
//! ecosystem speak of them, <https://pkg.go.dev/vuln/>; Envoy, which is none of Go, by that of Bitnami's
//! <https://github.com/bitnami/vulndb>. A tag that tells no version of the program, `latest` for instance or one of a vendor who mends
//! by itself, makes a component without a version, about which matching says that it cannot be judged.

use super::calls::name_and_tag;
use crate::kube::{Object, Pod};
use bartizan_document::{Node, Span};
use bartizan_model::PackageUrlParts;

/// A program of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Package URL without the version: its parts.
    pub(crate) purl: PackageUrlParts,
    /// Name under which advisories speak of it.
    pub(crate) name: String,
    pub(crate) ecosystem: &'static str,
    pub(crate) at: Span,
}

/// How a project names its modules.
#[derive(Clone, Copy)]
pub(crate) enum Module {
    /// By this name, whatever the version.
    One(&'static str),
    /// By these names, all of which a version is.
    Each(&'static [&'static str]),
    /// By this name for versions 0 and 1, and with `/v2` and so on behind it for later ones.
    Major(&'static str),
    /// It is no module of Go: its owner and name on GitHub.
    Other(&'static str, &'static str),
}

/// Ends of names of images, and the project that they are of.
pub(crate) const IMAGES: &[(&[&str], Module)] = &[
    (
        &[
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
            "kubelet",
            "hyperkube",
        ],
        Module::One("k8s.io/kubernetes"),
    ),
    (
        &["etcd"],
        Module::Each(&["go.etcd.io/etcd/v3", "go.etcd.io/etcd/server/v3"]),
    ),
    (&["coredns"], Module::One("github.com/coredns/coredns")),
    (
        &["ingress-nginx/controller", "nginx-ingress-controller"],
        Module::One("k8s.io/ingress-nginx"),
    ),
    (
        &["istio/pilot", "istio/proxyv2", "istio/install-cni"],
        Module::One("istio.io/istio"),
    ),
    (&["envoyproxy/envoy"], Module::Other("envoyproxy", "envoy")),
    (
        &["envoyproxy/gateway"],
        Module::One("github.com/envoyproxy/gateway"),
    ),
    (
        &[
            "cilium/cilium",
            "cilium/operator",
            "cilium/operator-generic",
            "cilium/operator-aws",
            "cilium/operator-azure",
        ],
        Module::One("github.com/cilium/cilium"),
    ),
    (
        &[
            "calico/node",
            "calico/cni",
            "calico/typha",
            "calico/kube-controllers",
            "calico/apiserver",
        ],
        Module::Each(&["github.com/projectcalico/calico/v3"]),
    ),
    (&["flannel"], Module::One("github.com/flannel-io/flannel")),
    (
        &[
            "antrea/antrea-ubuntu",
            "antrea/antrea-agent-ubuntu",
            "antrea/antrea-controller-ubuntu",
        ],
        Module::One("antrea.io/antrea"),
    ),
    (&["traefik"], Module::Major("github.com/traefik/traefik")),
    (
        &["projectcontour/contour"],
        Module::One("github.com/projectcontour/contour"),
    ),
    (
        &["kong/kubernetes-ingress-controller"],
        Module::Major("github.com/kong/kubernetes-ingress-controller"),
    ),
    (
        &[
            "cert-manager-controller",
            "cert-manager-webhook",
            "cert-manager-cainjector",
        ],
        Module::One("github.com/cert-manager/cert-manager"),
    ),
    (&["argoproj/argocd"], Module::Major("github.com/argoproj/argo-cd")),
    (
        &["kube-state-metrics"],
        Module::Major("k8s.io/kube-state-metrics"),
    ),
    (&["rancher/k3s"], Module::One("github.com/k3s-io/k3s")),
];

/// Programs of a cluster that an object runs or configures.
pub(crate) fn components(object: &Object) -> Vec<Found> {
    if object.group() == "kubeadm.k8s.io" && object.kind == "ClusterConfiguration" {
        return kubeadm(&object.root);
    }
    let Some(pod) = Pod::of(object) else {
        return Vec::new();
    };
    let images = pod.containers().filter_map(|one| one.node.get("image"));
    images
        .flat_map(|node| {
            node.text()
                .map_or_else(Vec::new, |image| of_image(image, node.span))
        })
        .collect()
}

fn kubeadm(root: &Node) -> Vec<Found> {
    let settings: [(&[&str], Module); 3] = [
        (&["kubernetesVersion"], Module::One("k8s.io/kubernetes")),
        (&["dns", "imageTag"], Module::One("github.com/coredns/coredns")),
        (
            &["etcd", "local", "imageTag"],
            Module::Each(&["go.etcd.io/etcd/v3", "go.etcd.io/etcd/server/v3"]),
        ),
    ];
    let found = settings.into_iter().filter_map(|(way, module)| {
        let node = root.at(way)?;
        Some(named(module, version_of(node.text()?), node.span))
    });
    found.flatten().collect()
}

/// The components that an image is, at a place.
pub(crate) fn of_image(image: &str, at: Span) -> Vec<Found> {
    let (_, tag) = name_and_tag(image);
    let bare = image.split('@').next().unwrap_or(image);
    let repository = match tag {
        Some(tag) => bare
            .strip_suffix(tag)
            .and_then(|bare| bare.strip_suffix(':'))
            .unwrap_or(bare),
        None => bare,
    };
    let architectures = ["-amd64", "-arm64", "-arm", "-ppc64le", "-s390x"];
    let repository = architectures
        .iter()
        .find_map(|end| repository.strip_suffix(end))
        .unwrap_or(repository);
    let is_it = |end: &str| {
        repository
            .strip_suffix(end)
            .is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let module = IMAGES.iter().find(|(ends, _)| ends.iter().any(|end| is_it(end)));
    module.map_or_else(Vec::new, |(_, module)| {
        named(*module, tag.and_then(version_of), at)
    })
}

fn named(module: Module, version: Option<String>, at: Span) -> Vec<Found> {
    let go = |path: &str| {
        let (namespace, name) = path
            .rsplit_once('/')
            .map_or((None, path), |(before, last)| (Some(before), last));
        Found {
            purl: PackageUrlParts {
                kind: "golang".to_owned(),
                namespace: namespace.map(str::to_owned),
                name: name.to_owned(),
                version: version.clone(),
                ..PackageUrlParts::default()
            },
            name: path.to_owned(),
            ecosystem: "Go",
            at,
        }
    };
    match module {
        Module::One(path) => vec![go(path)],
        Module::Each(paths) => paths.iter().map(|path| go(path)).collect(),
        Module::Major(path) => {
            let major = version.as_deref().and_then(|version| {
                version
                    .trim_start_matches('v')
                    .split('.')
                    .next()?
                    .parse::<u32>()
                    .ok()
            });
            match major {
                Some(major) if major > 1 => vec![go(&format!("{path}/v{major}"))],
                _ => vec![go(path)],
            }
        }
        Module::Other(owner, name) => vec![Found {
            purl: PackageUrlParts {
                kind: "github".to_owned(),
                namespace: Some(owner.to_owned()),
                name: name.to_owned(),
                version: version.clone(),
                ..PackageUrlParts::default()
            },
            name: name.to_owned(),
            ecosystem: "Bitnami",
            at,
        }],
    }
}

/// The version of the program that a tag tells, as `v1.29.3`; none for tags that move and for builds of vendors.
pub(crate) fn version_of(tag: &str) -> Option<String> {
    let bare = tag.strip_prefix('v').unwrap_or(tag);
    let (numbers, rest) = bare
        .split_once(['-', '+'])
        .map_or((bare, None), |(numbers, rest)| (numbers, Some(rest)));
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.len() < 10 && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() != 3 || !parts.iter().all(is_number) {
        return None;
    }
    match rest {
        None => Some(format!("v{numbers}")),
        Some(rest) if is_variant(rest) => Some(format!("v{numbers}")),
        Some(rest)
            if ["alpha", "beta", "rc"]
                .iter()
                .any(|stage| rest.starts_with(stage)) =>
        {
            Some(format!("v{numbers}-{rest}"))
        }
        Some(_) => None,
    }
}

/// Whether what stands behind a version names another packing of the same program: `-0`, `-alpine`, `-distroless`, `-k3s1`.
fn is_variant(rest: &str) -> bool {
    let is_count = rest.bytes().all(|byte| byte.is_ascii_digit());
    let of_k3s = rest
        .strip_prefix("k3s")
        .is_some_and(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
    is_count
        || of_k3s
        || ["alpine", "amd64", "arm64", "chroot", "debug", "distroless"]
            .iter()
            .any(|word| rest.split('-').next() == Some(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(image: &str) -> Vec<String> {
        let found = of_image(image, Span::default());
        found
            .into_iter()
            .map(|one| {
                format!(
                    "{} {}",
                    one.name,
                    one.purl.version.unwrap_or_else(|| "-".to_owned())
                )
            })
            .collect()
    }

    #[test]
    fn images_of_a_cluster_are_named_as_advisories_name_them() {
        for (image, expected) in [
            (
                "registry.k8s.io/kube-apiserver:v1.29.3",
                "k8s.io/kubernetes v1.29.3",
            ),
            (
                "k8s.gcr.io/kube-proxy-amd64:v1.17.4@sha256:00",
                "k8s.io/kubernetes v1.17.4",
            ),
            ("localhost:5000/kube-scheduler", "k8s.io/kubernetes -"),
            (
                "registry.k8s.io/ingress-nginx/controller:v1.11.2-chroot",
                "k8s.io/ingress-nginx v1.11.2",
            ),
            (
                "docker.io/istio/proxyv2:1.20.0-distroless",
                "istio.io/istio v1.20.0",
            ),
            ("traefik:v2.10.4", "github.com/traefik/traefik/v2 v2.10.4"),
            ("traefik:1.7.34-alpine", "github.com/traefik/traefik v1.7.34"),
            ("envoyproxy/envoy:v1.29.1", "envoy v1.29.1"),
            (
                "quay.io/cilium/cilium:v1.15.1@sha256:00",
                "github.com/cilium/cilium v1.15.1",
            ),
            ("rancher/k3s:v1.29.3-k3s1", "github.com/k3s-io/k3s v1.29.3"),
            ("eks/kube-proxy:v1.29.3-eksbuild.2", "k8s.io/kubernetes -"),
            (
                "registry.k8s.io/kube-apiserver:v1.34.0-rc.1",
                "k8s.io/kubernetes v1.34.0-rc.1",
            ),
        ] {
            assert_eq!(names(image), [expected], "{image}");
        }
        assert_eq!(
            names("registry.k8s.io/etcd:3.5.12-0"),
            ["go.etcd.io/etcd/v3 v3.5.12", "go.etcd.io/etcd/server/v3 v3.5.12"]
        );
        for image in ["nginx:1.25", "example/my-etcd:1", "example/controller:v1.0.0", ""] {
            assert_eq!(names(image), Vec::<String>::new(), "{image}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_image_or_none(image in "\\PC{0,60}") {
            let _ = of_image(&image, Span::default());
        }
    }
}
