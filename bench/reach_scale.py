"""Who can connect to whom in a large cluster: 5,000 pods, 500 policies, of the network, of Cilium and of Istio.

The manifests are made here, from a fixed seed: pods of several workloads in 100 namespaces, each workload with labels and an account of its own,
and five policies a namespace that close it and open some ports to workloads of its own and of other namespaces, to everything with a label, and to
blocks of addresses; those of Cilium and Istio also to some requests. The product reads one file of them and writes every pair.
"""

import argparse
import pathlib
import random
import tempfile

from harness import measure, places
from harness.section import Section, not_measured

NAME = "reach_scale"
TITLE = "Reachability of a large cluster"
SECONDS, MEGABYTES = 1.0, 300
TARGET = f"5,000 pods and 500 policies: within {SECONDS:.0f} s and {MEGABYTES} MB"
NAMESPACES, WORKLOADS, PODS, POLICIES = 100, 10, 5, 5

POD = """---
apiVersion: v1
kind: Pod
metadata:
  name: {name}-{number}
  namespace: {namespace}
  labels: {{app: {name}, team: team-{team}, tier: {tier}, pod-template-hash: "{hash}"}}
  ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: {name}, controller: true, uid: "{hash}"}}]
spec:
  serviceAccountName: {name}
  containers:
  - name: app
    image: registry.example/{name}:1
    ports: [{{name: http, containerPort: {port}}}, {{name: metrics, containerPort: 9090}}]
"""

POLICY = """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: {namespace}}}
spec:
"""


CILIUM = """---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {{name: p{number}, namespace: {namespace}}}
spec:
  endpointSelector: {{matchLabels: {{app: {name}}}}}
  ingress:
  - fromEndpoints: [{{matchLabels: {{app: {other}, "k8s:io.kubernetes.pod.namespace": {space}}}}}, {{}}]
    toPorts: [{{ports: [{{port: "8080", protocol: TCP}}], rules: {{http: [{{method: GET}}]}}}}]
  - fromEntities: [cluster]
    toPorts: [{{ports: [{{port: "9090", protocol: TCP}}]}}]
"""

PEERS = """---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: default, namespace: {namespace}}}
spec: {{mtls: {{mode: STRICT}}}}
"""

ISTIO = """---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: p{number}, namespace: {namespace}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  action: {action}
  rules:
  - from: [{{source: {{principals: ["cluster.local/ns/{space}/sa/{other}"]}}}}, {{source: {{namespaces: [{namespace}]}}}}]
    to: [{{operation: {{methods: [GET], paths: ["/api/*"], ports: ["8080"]}}}}]
  - from: [{{source: {{namespaces: [{space}]}}}}]
    to: [{{operation: {{ports: ["9090"]}}}}]
"""


def others(rng, kind, namespace, names):
    """The policies of Cilium or Istio of a namespace, as text."""
    text = [PEERS.format(namespace=namespace)] if kind == "Istio" else []
    for number in range(len(text), POLICIES):
        at = rng.randrange(NAMESPACES)
        fields = {
            "number": number,
            "namespace": namespace,
            "name": rng.choice(names),
            "space": f"ns-{at}",
            "other": f"app-{at}-{rng.randrange(WORKLOADS)}",
            "action": "DENY" if number == POLICIES - 1 else "ALLOW",
        }
        text.append((ISTIO if kind == "Istio" else CILIUM).format(**fields))
    return "".join(text)


def policies(rng, namespace, names):
    """The policies of a namespace, as text."""
    block = rng.randrange(256)
    other = f"ns-{rng.randrange(NAMESPACES)}"
    specs = {
        "close": "  podSelector: {}\n  policyTypes: [Ingress, Egress]\n",
        "dns": "  podSelector: {}\n  policyTypes: [Egress]\n  egress: [{to: [{namespaceSelector: {matchLabels: {system: dns}}}], ports: [{port: 53, protocol: UDP}]}]\n",
        "own": f"  podSelector: {{matchLabels: {{app: {rng.choice(names)}}}}}\n  policyTypes: [Ingress, Egress]\n"
        "  ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}]\n  egress: [{to: [{podSelector: {}}]}]\n",
        "tier": f"  podSelector: {{matchExpressions: [{{key: tier, operator: In, values: [web, api]}}]}}\n  policyTypes: [Ingress, Egress]\n"
        f"  ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {other}}}}}, podSelector: {{matchLabels: {{tier: web}}}}}}], ports: [{{port: 8080, endPort: 8090}}]}}]\n"
        f"  egress: [{{to: [{{namespaceSelector: {{matchLabels: {{team: team-{rng.randrange(7)}}}}}}}], ports: [{{port: http}}]}}]\n",
        "outside": "  podSelector: {matchLabels: {tier: web}}\n  policyTypes: [Ingress]\n"
        f"  ingress: [{{from: [{{ipBlock: {{cidr: 10.{block}.0.0/16, except: [10.{block}.7.0/24]}}}}]}}]\n",
    }
    return "".join(POLICY.format(name=name, namespace=namespace) + spec for name, spec in specs.items())


def manifests(kind="Kubernetes"):
    """The text of all manifests, with policies of a kind."""
    rng, text = random.Random(11), []
    for space in range(NAMESPACES):
        namespace = f"ns-{space}"
        labels = f"team: team-{space % 7}" + (", system: dns" if space == 0 else "") + (", istio-injection: enabled" if kind == "Istio" else "")
        text.append(f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}, labels: {{{labels}}}}}\n")
        names = [f"app-{space}-{one}" for one in range(WORKLOADS)]
        for name in names:
            tier, port, digest = rng.choice(["web", "api", "db"]), rng.choice([8080, 8081, 3000]), f"{rng.getrandbits(32):08x}"
            for number in range(PODS):
                text.append(POD.format(name=name, number=number, namespace=namespace, team=space % 7, tier=tier, port=port, hash=digest))
        text.append(policies(rng, namespace, names) if kind == "Kubernetes" else others(rng, kind, namespace, names))
    return "".join(text)


def run(runs=7):
    """Measures the figure with `runs` runs."""
    program = places.product()
    if not program:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    section = Section(NAME, TITLE, TARGET, columns=["policies of", "manifests", "pairs", "median s", "processor s", "most memory, MB"])
    section.reached = True
    for kind in ("Kubernetes", "Cilium", "Istio"):
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "cluster.yaml"
            file.write_text(manifests(kind), encoding="utf-8")
            out = pathlib.Path(scratch) / "pairs.txt"
            argv = [program, "reach", file, "-o", f"text={out}"]
            measure.checked(argv, (0,))
            got = measure.checked(argv, (0,), runs=runs)
            pairs = sum(1 for _ in out.open(encoding="utf-8"))
            size = file.stat().st_size
        wall, memory = measure.median(got, "wall"), max(one.rss for one in got) / 1e6
        section.rows.append(
            [kind, f"{size / 1e6:.1f} MB", f"{pairs:,}", f"{wall:.2f}", f"{measure.median(got, 'cpu'):.2f}", f"{memory:.0f}"]
        )
        section.reached &= wall < SECONDS and memory < MEGABYTES
    section.notes = [f"{NAMESPACES * WORKLOADS * PODS:,} pods of {NAMESPACES * WORKLOADS:,} workloads, {NAMESPACES * POLICIES} policies; {runs} runs"]
    section.commands = ["bartizan reach cluster.yaml -o text=pairs.txt"]
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    print(run(parser.parse_args().runs).markdown())
