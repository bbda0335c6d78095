//! Manifests of a new tenant that is kept apart from others from its first day.
//!
//! In: the tenant's name and namespaces, and whether there is a mesh. Out: text of manifests: for each namespace itself with the level of
//! pod security, a quota and bounds, policies that deny and then allow names and the tenant itself, roles without the verbs that escalate,
//! and policies of the mesh. What comes out has no finding of Bartizan's own.

use std::fmt::Write as _;

/// Longest name of a namespace, in bytes: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names>.
const LONGEST: usize = 63;

/// Which mesh there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mesh {
    /// None.
    #[default]
    None,
    /// Istio, with sidecars that are injected by the network plugin's chain.
    Istio,
}

/// A tenant that there is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTenant {
    name: String,
    namespaces: Vec<String>,
    mesh: Mesh,
}

/// A name that no namespace can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` can be no name of a namespace: write up to 63 lower-case letters, digits and hyphens, the first and the last no hyphen"
)]
pub struct NoName(String);

impl NewTenant {
    /// A tenant with its namespaces; one of its own name where none is given.
    ///
    /// # Errors
    ///
    /// The first name that no namespace can have.
    pub fn new(name: &str, namespaces: &[String], mesh: Mesh) -> Result<Self, NoName> {
        let mut namespaces = namespaces.to_vec();
        if namespaces.is_empty() {
            namespaces.push(name.to_owned());
        }
        namespaces.sort();
        namespaces.dedup();
        for one in namespaces.iter().map(String::as_str).chain([name]) {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let is_name = !one.is_empty()
                && one.len() <= LONGEST
                && one.bytes().all(fits)
                && !one.starts_with('-')
                && !one.ends_with('-');
            if !is_name {
                return Err(NoName(one.escape_debug().to_string()));
            }
        }
        Ok(Self {
            name: name.to_owned(),
            namespaces,
            mesh,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The manifests, as one text of YAML.
    #[must_use]
    pub fn manifests(&self) -> String {
        let mut text = format!(
            "# Tenant {name}. Its administrators are the group tenant:{name}:admins.\n\
             # What the platform serves it, and who may reach it from outside, is for the platform to add.\n",
            name = self.name
        );
        for namespace in &self.namespaces {
            let parts = [
                self.namespace(namespace),
                bounds(namespace),
                self.network(namespace),
                self.rights(namespace),
            ];
            for part in parts {
                text.push_str(&part);
            }
            if self.mesh == Mesh::Istio {
                text.push_str(&self.istio(namespace));
            }
        }
        text
    }

    fn namespace(&self, namespace: &str) -> String {
        let injected = match self.mesh {
            Mesh::None => "",
            Mesh::Istio => {
                "    # The level restricted leaves no room for Istio's init container: run Istio with its CNI plugin.\n    istio-injection: enabled\n"
            }
        };
        format!(
            "---\n\
             apiVersion: v1\n\
             kind: Namespace\n\
             metadata:\n\
             \x20 name: {namespace}\n\
             \x20 labels:\n\
             \x20   bartizan.dev/tenant: {}\n\
             \x20   pod-security.kubernetes.io/enforce: restricted\n\
             \x20   pod-security.kubernetes.io/enforce-version: latest\n\
             \x20   pod-security.kubernetes.io/audit: restricted\n\
             \x20   pod-security.kubernetes.io/warn: restricted\n\
             {injected}",
            self.name
        )
    }

    fn network(&self, namespace: &str) -> String {
        let own = self.own_namespaces("          ");
        let istiod = match self.mesh {
            Mesh::None => "",
            Mesh::Istio => {
                "\x20 - to:\n\
                 \x20   - namespaceSelector:\n\
                 \x20       matchLabels:\n\
                 \x20         kubernetes.io/metadata.name: istio-system\n\
                 \x20     podSelector:\n\
                 \x20       matchLabels:\n\
                 \x20         app: istiod\n\
                 \x20   ports:\n\
                 \x20   - {protocol: TCP, port: 15012}\n"
            }
        };
        format!(
            "---\n\
             apiVersion: networking.k8s.io/v1\n\
             kind: NetworkPolicy\n\
             metadata:\n\
             \x20 name: tenant-default-deny\n\
             \x20 namespace: {namespace}\n\
             spec:\n\
             \x20 podSelector: {{}}\n\
             \x20 policyTypes: [Ingress, Egress]\n\
             ---\n\
             apiVersion: networking.k8s.io/v1\n\
             kind: NetworkPolicy\n\
             metadata:\n\
             \x20 name: tenant-names\n\
             \x20 namespace: {namespace}\n\
             spec:\n\
             \x20 podSelector: {{}}\n\
             \x20 policyTypes: [Egress]\n\
             \x20 egress:\n\
             \x20 - to:\n\
             \x20   - namespaceSelector:\n\
             \x20       matchLabels:\n\
             \x20         kubernetes.io/metadata.name: kube-system\n\
             \x20     podSelector:\n\
             \x20       matchLabels:\n\
             \x20         k8s-app: kube-dns\n\
             \x20   ports:\n\
             \x20   - {{protocol: UDP, port: 53}}\n\
             \x20   - {{protocol: TCP, port: 53}}\n\
             {istiod}\
             ---\n\
             # By the label that every namespace has and nobody can change.\n\
             apiVersion: networking.k8s.io/v1\n\
             kind: NetworkPolicy\n\
             metadata:\n\
             \x20 name: tenant-itself\n\
             \x20 namespace: {namespace}\n\
             spec:\n\
             \x20 podSelector: {{}}\n\
             \x20 policyTypes: [Ingress, Egress]\n\
             \x20 ingress:\n\
             \x20 - from:\n\
             {own}\
             \x20 egress:\n\
             \x20 - to:\n\
             {own}"
        )
    }

    fn own_namespaces(&self, indent: &str) -> String {
        let mut text = String::from(
            "    - namespaceSelector:\n        matchExpressions:\n        - key: kubernetes.io/metadata.name\n",
        );
        text.push_str(indent);
        text.push_str("operator: In\n");
        text.push_str(indent);
        text.push_str("values:\n");
        for namespace in &self.namespaces {
            let _ = writeln!(text, "{indent}- {namespace}");
        }
        text
    }

    fn rights(&self, namespace: &str) -> String {
        format!(
            "---\n\
             # Policies and roles can be added, not changed: those above stay. Nothing here reads Secrets, enters containers, takes tokens of\n\
             # service accounts, or has the verbs bind, escalate and impersonate.\n\
             apiVersion: rbac.authorization.k8s.io/v1\n\
             kind: Role\n\
             metadata:\n\
             \x20 name: tenant-admin\n\
             \x20 namespace: {namespace}\n\
             rules:\n\
             - apiGroups: [\"\"]\n\
             \x20 resources: [configmaps, services, persistentvolumeclaims]\n\
             \x20 verbs: [get, list, watch, create, update, patch, delete]\n\
             - apiGroups: [\"\"]\n\
             \x20 resources: [pods, pods/log, events, serviceaccounts, endpoints, resourcequotas, limitranges]\n\
             \x20 verbs: [get, list, watch]\n\
             - apiGroups: [apps]\n\
             \x20 resources: [deployments, statefulsets]\n\
             \x20 verbs: [get, list, watch, create, update, patch, delete]\n\
             - apiGroups: [batch]\n\
             \x20 resources: [jobs, cronjobs]\n\
             \x20 verbs: [get, list, watch, create, update, patch, delete]\n\
             - apiGroups: [autoscaling]\n\
             \x20 resources: [horizontalpodautoscalers]\n\
             \x20 verbs: [get, list, watch, create, update, patch, delete]\n\
             - apiGroups: [policy]\n\
             \x20 resources: [poddisruptionbudgets]\n\
             \x20 verbs: [get, list, watch, create, update, patch, delete]\n\
             - apiGroups: [networking.k8s.io]\n\
             \x20 resources: [networkpolicies]\n\
             \x20 verbs: [get, list, watch, create]\n\
             - apiGroups: [rbac.authorization.k8s.io]\n\
             \x20 resources: [roles, rolebindings]\n\
             \x20 verbs: [get, list, watch, create]\n\
             ---\n\
             apiVersion: rbac.authorization.k8s.io/v1\n\
             kind: RoleBinding\n\
             metadata:\n\
             \x20 name: tenant-admin\n\
             \x20 namespace: {namespace}\n\
             roleRef:\n\
             \x20 apiGroup: rbac.authorization.k8s.io\n\
             \x20 kind: Role\n\
             \x20 name: tenant-admin\n\
             subjects:\n\
             - apiGroup: rbac.authorization.k8s.io\n\
             \x20 kind: Group\n\
             \x20 name: tenant:{}:admins\n",
            self.name
        )
    }

    fn istio(&self, namespace: &str) -> String {
        let namespaces = self.namespaces.join(", ");
        format!(
            "---\n\
             apiVersion: security.istio.io/v1\n\
             kind: PeerAuthentication\n\
             metadata:\n\
             \x20 name: default\n\
             \x20 namespace: {namespace}\n\
             spec:\n\
             \x20 mtls:\n\
             \x20   mode: STRICT\n\
             ---\n\
             apiVersion: security.istio.io/v1\n\
             kind: AuthorizationPolicy\n\
             metadata:\n\
             \x20 name: tenant-itself\n\
             \x20 namespace: {namespace}\n\
             spec:\n\
             \x20 action: ALLOW\n\
             \x20 rules:\n\
             \x20 - from:\n\
             \x20   - source:\n\
             \x20       namespaces: [{namespaces}]\n"
        )
    }
}

fn bounds(namespace: &str) -> String {
    format!(
        "---\n\
         apiVersion: v1\n\
         kind: ResourceQuota\n\
         metadata:\n\
         \x20 name: tenant\n\
         \x20 namespace: {namespace}\n\
         spec:\n\
         \x20 hard:\n\
         \x20   requests.cpu: \"8\"\n\
         \x20   limits.cpu: \"16\"\n\
         \x20   requests.memory: 16Gi\n\
         \x20   limits.memory: 32Gi\n\
         \x20   requests.ephemeral-storage: 20Gi\n\
         \x20   limits.ephemeral-storage: 40Gi\n\
         \x20   requests.storage: 200Gi\n\
         \x20   pods: \"50\"\n\
         \x20   services: \"20\"\n\
         \x20   services.nodeports: \"0\"\n\
         \x20   services.loadbalancers: \"0\"\n\
         \x20   secrets: \"50\"\n\
         \x20   configmaps: \"50\"\n\
         \x20   persistentvolumeclaims: \"20\"\n\
         \x20   replicationcontrollers: \"20\"\n\
         \x20   resourcequotas: \"5\"\n\
         ---\n\
         apiVersion: v1\n\
         kind: LimitRange\n\
         metadata:\n\
         \x20 name: tenant\n\
         \x20 namespace: {namespace}\n\
         spec:\n\
         \x20 limits:\n\
         \x20 - type: Container\n\
         \x20   defaultRequest: {{cpu: 100m, memory: 128Mi, ephemeral-storage: 256Mi}}\n\
         \x20   default: {{cpu: 500m, memory: 512Mi, ephemeral-storage: 512Mi}}\n\
         \x20   max: {{cpu: \"4\", memory: 8Gi, ephemeral-storage: 4Gi}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_namespace_can_have_are_refused() {
        for name in ["", "-a", "a-", "A", "a_b", "a\nb", "a: b", &"a".repeat(64)] {
            assert!(NewTenant::new(name, &[], Mesh::None).is_err(), "{name:?}");
            assert!(
                NewTenant::new("a", &[name.to_owned()], Mesh::None).is_err(),
                "{name:?}"
            );
        }
    }

    #[test]
    fn the_order_and_number_of_namespaces_that_are_named_makes_no_difference() {
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            NewTenant::new("acme", &names, Mesh::Istio).unwrap().manifests()
        };
        assert_eq!(of(&["b", "a"]), of(&["a", "b", "b"]));
    }
}
