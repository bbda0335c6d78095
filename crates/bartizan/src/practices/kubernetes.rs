//! Practices and weaknesses that rules about clusters name.
//!
//! Facts from, and in our own words: the CIS Kubernetes Benchmark 1.12, whose numbers belong to flags and files as
//! <https://github.com/aquasecurity/kube-bench/tree/main/cfg/cis-1.12> says; the Kubernetes hardening guide 1.2 of NSA and CISA, by its
//! sections; the HIPAA security rule, 45 CFR 164.312; PCI DSS 4.0.1; NIST SP 800-53 r5; CWE <https://cwe.mitre.org>.

use super::{Practice, Weakness, practice};

const fn cis(id: &'static str, asks: &'static str) -> Practice {
    practice("CIS-Kubernetes-1.12", id, asks)
}

const fn hipaa(id: &'static str, asks: &'static str) -> Practice {
    practice("HIPAA-Security-Rule", id, asks)
}

const fn nsa(id: &'static str, asks: &'static str) -> Practice {
    practice("NSA-CISA-Kubernetes-1.2", id, asks)
}

/// Controls that rules about clusters name.
pub(super) const PRACTICES: &[Practice] = &[
    cis("1.2.1", "The API server answers no request without credentials."),
    cis("1.2.2", "The API server takes no tokens from a file."),
    cis("1.2.3", "Services cannot take addresses that are not theirs."),
    cis("1.2.4", "The API server comes to kubelets with a certificate."),
    cis("1.2.5", "The API server checks the certificates of kubelets."),
    cis("1.2.6", "Not every request is authorised as a matter of course."),
    cis("1.2.7", "Requests of nodes are authorised as such."),
    cis("1.2.8", "Requests are authorised by roles."),
    cis("1.2.10", "The admission plug-in that admits everything is off."),
    cis("1.2.12", "The admission plug-in for service accounts is on."),
    cis(
        "1.2.13",
        "The admission plug-in for the life of namespaces is on.",
    ),
    cis(
        "1.2.14",
        "The admission plug-in that keeps nodes to themselves is on.",
    ),
    cis("1.2.15", "Profiling of the API server is off."),
    cis("1.2.16", "The API server writes an audit log."),
    cis("1.2.17", "The audit log is kept for thirty days or more."),
    cis("1.2.21", "Tokens of deleted service accounts are refused."),
    cis("1.2.23", "The API server comes to etcd with a certificate."),
    cis("1.2.26", "The API server checks the certificate of etcd."),
    cis("1.2.27", "The API server is given a configuration of encryption."),
    cis("1.2.28", "Secrets are encrypted by a provider that does so."),
    cis("1.2.29", "The API server accepts strong suites of TLS alone."),
    cis("1.3.2", "Profiling of the controller manager is off."),
    cis("1.3.3", "Each controller has an account of its own."),
    cis(
        "1.3.4",
        "The controller manager has a key of its own for tokens of service accounts.",
    ),
    cis("1.3.5", "Pods are given the root certificate of the API server."),
    cis("1.3.6", "Serving certificates of kubelets are renewed."),
    cis(
        "1.3.7",
        "The controller manager listens to its own machine alone.",
    ),
    cis("1.4.1", "Profiling of the scheduler is off."),
    cis("1.4.2", "The scheduler listens to its own machine alone."),
    cis("2.1", "etcd serves by TLS."),
    cis("2.2", "etcd asks its clients for certificates."),
    cis("2.3", "etcd does not make its own certificate."),
    cis("2.4", "Members of etcd speak TLS to each other."),
    cis("2.5", "Members of etcd ask each other for certificates."),
    cis("2.6", "Members of etcd do not make their own certificates."),
    cis("3.2.1", "There is a policy of what is logged."),
    cis("3.2.2", "What is logged covers what matters to security."),
    cis("4.2.1", "Kubelets answer no request without credentials."),
    cis("4.2.2", "Kubelets do not allow every request."),
    cis("4.2.3", "Kubelets have an authority to check clients with."),
    cis("4.2.4", "Kubelets have no port that asks for no credential."),
    cis("4.2.5", "Idle connections into containers end."),
    cis(
        "4.2.6",
        "Kubelets keep the rules of the firewall that the cluster relies on.",
    ),
    cis("4.2.10", "Certificates of kubelets are renewed."),
    cis("4.2.11", "Serving certificates of kubelets are renewed."),
    cis("4.2.12", "Kubelets accept strong suites of TLS alone."),
    cis("4.2.13", "A pod has a limit of processes."),
    cis("4.2.14", "Pods have a seccomp profile where they name none."),
    cis("4.3.1", "kube-proxy serves its metrics to its own machine alone."),
    cis("5.1.5", "The default service accounts are not used."),
    cis("5.1.6", "Tokens are given to pods that need them alone."),
    cis("5.2.1", "Something holds pods to a standard."),
    cis("5.3.2", "Every namespace has network policies."),
    cis(
        "5.4.1",
        "Secrets are given to programs as files rather than by the environment.",
    ),
    cis("5.5.1", "Where images come from is checked."),
    cis("5.6.1", "What belongs apart is kept apart by namespaces."),
    cis("5.6.3", "Pods and containers say how they are confined."),
    cis("5.6.4", "The namespace `default` is not used."),
    hipaa(
        "164.312(a)(1)",
        "Systems let in those alone who were granted access.",
    ),
    hipaa(
        "164.312(a)(2)(iv)",
        "Health information is encrypted where it is stored.",
    ),
    hipaa(
        "164.312(b)",
        "What happens in systems with health information is recorded and looked at.",
    ),
    hipaa("164.312(d)", "Who asks for health information proves who it is."),
    hipaa(
        "164.312(e)(1)",
        "Health information is guarded on its way over networks.",
    ),
    nsa(
        "Kubernetes Pod security",
        "Containers run with as few rights as they need, on file systems they cannot change, from images that were checked.",
    ),
    nsa(
        "Network separation and hardening",
        "Pods, nodes and the control plane reach each other where they must, encrypted; resources have limits; Secrets are encrypted.",
    ),
    nsa(
        "Authentication and authorization",
        "Nobody is anonymous, and everybody has the rights that their work needs.",
    ),
    nsa(
        "Audit logging and threat detection",
        "What happens in the cluster is logged, kept away from it, and watched.",
    ),
    nsa(
        "Upgrading and application security practices",
        "Clusters and what runs in them are brought up to date, and what is not used is taken away.",
    ),
    practice(
        "NIST-800-53-r5",
        "SC-5",
        "Nobody can keep a system from its work by using up what it needs.",
    ),
    practice(
        "PCI-DSS-4.0.1",
        "7.2.5",
        "Accounts of applications and systems have the access that they need, and no more.",
    ),
];

const CLUSTER: &[(&str, &str)] = &[("NIST-800-53-r5", "CM-6"), ("NIST-800-53-r5", "CM-7")];
const TRANSPORT: &[(&str, &str)] = &[("NIST-800-53-r5", "SC-8"), ("OWASP-ASVS-5.0", "12.3.1")];

/// Weaknesses that rules about clusters name.
pub(super) const WEAKNESSES: &[Weakness] = &[
    Weakness {
        id: "CWE-94",
        name: "Improper control of generation of code",
        means: "What somebody else wrote is run as code or as configuration of a program with more rights than theirs.",
        practices: CLUSTER,
    },
    Weakness {
        id: "CWE-295",
        name: "Improper certificate validation",
        means: "A certificate is not checked, or not enough, so that anybody in between can be the other end.",
        practices: TRANSPORT,
    },
    Weakness {
        id: "CWE-526",
        name: "Cleartext storage of sensitive information in an environment variable",
        means: "A secret stands in the environment of a process, where its children, its dumps and its error pages have it too.",
        practices: &[("OWASP-ASVS-5.0", "13.3.1"), ("NIST-800-53-r5", "IA-5")],
    },
    Weakness {
        id: "CWE-613",
        name: "Insufficient session expiration",
        means: "A credential goes on being good after it should have ended.",
        practices: &[("NIST-800-53-r5", "IA-5")],
    },
    Weakness {
        id: "CWE-770",
        name: "Allocation of resources without limits",
        means: "Something takes memory, processes or time without a bound, at the cost of everything beside it.",
        practices: &[("NIST-800-53-r5", "SC-5")],
    },
];
