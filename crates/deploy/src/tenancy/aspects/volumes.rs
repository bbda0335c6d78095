//! Volumes that pods of two tenants have, or that one gets with another's data on them.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/>, <https://kubernetes.io/docs/concepts/storage/volumes/>.

use super::super::checks::{shared_volume::SharedVolume, volume_reclaim::VolumeReclaim};
use super::super::matrix::{Aspect, Found, Party, Proof};
use super::super::world::{At, Thing, World};
use super::{broken, called, others, tenant};
use bartizan_document::Node;
use bartizan_engine::rule::Severity;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of volumes whose data outlives a pod and can be mounted by another, each with the fields that say which data it is.
const BACKINGS: [(&str, &[&str]); 16] = [
    ("hostPath", &["path"]),
    ("local", &["path"]),
    ("nfs", &["server", "path"]),
    ("csi", &["driver", "volumeHandle"]),
    ("cephfs", &["monitors", "path"]),
    ("rbd", &["monitors", "pool", "image"]),
    ("glusterfs", &["endpoints", "path"]),
    ("iscsi", &["targetPortal", "iqn", "lun"]),
    ("fc", &["targetWWNs", "wwids", "lun"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("gcePersistentDisk", &["pdName"]),
    ("azureDisk", &["diskURI"]),
    ("azureFile", &["shareName", "secretName"]),
    ("cinder", &["volumeID"]),
    ("vsphereVolume", &["volumePath"]),
    ("portworxVolume", &["volumeID"]),
];

/// How many directories above one are looked at.
const DEEPEST: usize = 64;

/// Who uses some data, and where it says so.
struct Use {
    party: Party,
    writes: bool,
    proof: Proof,
}

/// Judges volumes of every two.
pub(super) fn judge(world: &World<'_>, found: &mut Found) {
    let claimed = claimed(world);
    let mut uses: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    for thing in world.kind("", "PersistentVolume") {
        let Some(spec) = thing.object.root.get("spec") else {
            continue;
        };
        let bound = claimed.get(thing.object.name.as_str());
        for (party, proof) in bound.into_iter().flatten() {
            let key = backing(spec).unwrap_or_else(|| format!("PersistentVolume {}", thing.object.name));
            uses.entry(key).or_default().push(Use {
                party: *party,
                writes: !is_read_only(spec),
                proof: proof.clone(),
            });
        }
    }
    for (thing, pod) in world.pods() {
        let party = world.owner(&thing.namespace);
        for volume in pod.spec.items_of("volumes") {
            if let Some(key) = backing(volume) {
                let text = format!("{}: volume {key}", thing.title());
                uses.entry(key).or_default().push(Use {
                    party,
                    writes: !is_read_only(volume),
                    proof: Proof::new(text, thing.of(volume)),
                });
            }
        }
    }
    for (key, all) in nested(uses) {
        shared(world, &key, &all, found);
    }
    reclaimed(world, &claimed, found);
}

/// The parties that claim each volume of the cluster by its name.
fn claimed<'w>(world: &'w World<'_>) -> BTreeMap<&'w str, Vec<(Party, Proof)>> {
    let mut claimed: BTreeMap<&str, Vec<(Party, Proof)>> = BTreeMap::new();
    let mut add = |volume: &'w str, thing: &Thing, namespace: &str, node: &Node| {
        let text = format!(
            "{}: for namespace {}",
            thing.title(),
            super::super::world::line_of(namespace)
        );
        let of_volume = claimed.entry(volume).or_default();
        of_volume.push((world.owner(namespace), Proof::new(text, thing.of(node))));
    };
    for thing in world.kind("", "PersistentVolume") {
        let claim = thing.object.root.at(&["spec", "claimRef", "namespace"]);
        if let Some((node, namespace)) = claim.and_then(|node| Some((node, node.text()?))) {
            add(&thing.object.name, thing, namespace, node);
        }
    }
    for thing in world.kind("", "PersistentVolumeClaim") {
        let volume = thing.object.root.at(&["spec", "volumeName"]);
        if let Some((node, volume)) = volume.and_then(|node| Some((node, node.text()?)))
            && !volume.is_empty()
        {
            add(volume, thing, &thing.namespace, node);
        }
    }
    claimed
}

/// Which data a volume has; none where it is the pod's own or nobody else's.
fn backing(volume: &Node) -> Option<String> {
    let (kind, source, fields) = BACKINGS
        .iter()
        .find_map(|(kind, fields)| Some((*kind, volume.get(kind)?, *fields)))?;
    let mut parts = Vec::new();
    for field in fields {
        let value = source.get(field)?;
        let text = match value.text() {
            Some(text) => text.trim_end_matches('/').to_owned(),
            None => value.to_json().to_string(),
        };
        parts.push(super::super::world::line_of(&text));
    }
    Some(format!("{kind} {}", parts.join(" ")))
}

fn is_read_only(volume: &Node) -> bool {
    let inside = volume
        .entries()
        .iter()
        .any(|entry| entry.value.get("readOnly").and_then(Node::bool) == Some(true));
    let modes = volume.items_of("accessModes");
    inside || (!modes.is_empty() && modes.iter().all(|mode| mode.text() == Some("ReadOnlyMany")))
}

/// Joins to those who use a directory those who use one within it.
fn nested(uses: BTreeMap<String, Vec<Use>>) -> BTreeMap<String, Vec<Use>> {
    let mut all: BTreeMap<String, Vec<Use>> = BTreeMap::new();
    // In order, so that a directory comes before those within it.
    for (key, of_key) in uses {
        let is_path = ["hostPath ", "nfs ", "local "]
            .iter()
            .any(|kind| key.starts_with(kind));
        let above = key.match_indices('/').take(DEEPEST).filter(|_| is_path);
        let above = above.filter_map(|(at, _)| key.get(..at));
        let above = above.map(str::to_owned).find(|above| all.contains_key(above));
        all.entry(above.unwrap_or(key)).or_default().extend(of_key);
    }
    all
}

fn shared(world: &World<'_>, key: &str, uses: &[Use], found: &mut Found) {
    let parties: BTreeSet<Party> = uses.iter().map(|one| one.party).collect();
    if parties.len() < 2 {
        return;
    }
    for from in &parties {
        let Party::Tenant(at) = *from else { continue };
        let rest: BTreeSet<Party> = parties.iter().copied().filter(|party| party != from).collect();
        let writes = uses.iter().any(|one| one.party == *from && one.writes);
        for to in others(world, at, &rest) {
            let mut one = broken(&SharedVolume::ABOUT, Aspect::Volumes, *from);
            (one.from, one.to) = (Some(*from), to);
            if !writes || to == Some(Party::Platform) {
                one.severity = Some(Severity::Medium);
            }
            key.clone_into(&mut one.key);
            let whose = to.map_or_else(|| "every other tenant".to_owned(), |to| called(world, to));
            let does = if writes { "reads and writes" } else { "reads" };
            one.reason = format!("{} {does} what {whose} keeps on {key}", called(world, *from));
            one.fix = "give each tenant a volume of its own".to_owned();
            let others = uses
                .iter()
                .filter(|one| to.is_none_or(|to| one.party == to) && one.party != *from);
            let own = uses.iter().find(|one| one.party == *from);
            let proofs = own.into_iter().chain(others).map(|one| one.proof.clone());
            one.proofs = proofs.take(super::MOST_PROOFS).collect();
            found.broken.push(one);
        }
    }
}

/// Volumes whose data stays when a tenant has given them up.
fn reclaimed(world: &World<'_>, claimed: &BTreeMap<&str, Vec<(Party, Proof)>>, found: &mut Found) {
    let mut left: BTreeMap<(u32, String), Vec<Proof>> = BTreeMap::new();
    let mut add = |at: u32, what: String, thing: &Thing, place: At| {
        let says = format!("{}: what happens to the data when it is given up", thing.title());
        left.entry((at, what)).or_default().push(Proof::new(says, place));
    };
    for thing in world.kind("", "PersistentVolume") {
        let policy = thing.object.root.at(&["spec", "persistentVolumeReclaimPolicy"]);
        // What is not said is Retain for a volume that somebody makes by hand.
        let is_kept = policy.is_none_or(|policy| policy.text() != Some("Delete"));
        let parties = claimed.get(thing.object.name.as_str()).into_iter().flatten();
        for at in parties.filter_map(|(party, _)| match party {
            Party::Tenant(at) if is_kept => Some(*at),
            _ => None,
        }) {
            let place = policy.map_or_else(|| thing.at(), |policy| thing.of(policy));
            add(at, thing.title(), thing, place);
        }
    }
    let kept: BTreeMap<&str, (&Thing, At)> = world
        .kind("storage.k8s.io", "StorageClass")
        .filter_map(|class| {
            let policy = class.object.root.get("reclaimPolicy")?;
            (policy.text() == Some("Retain")).then(|| (class.object.name.as_str(), (class, class.of(policy))))
        })
        .collect();
    for thing in world.kind("", "PersistentVolumeClaim") {
        let class = thing.object.root.at(&["spec", "storageClassName"]);
        let class = class.and_then(Node::text).and_then(|name| kept.get(name));
        if let (Some(at), Some((class, place))) = (world.tenant_of(&thing.namespace), class) {
            add(at, class.title(), class, *place);
        }
    }
    for ((at, what), proofs) in left {
        let mut one = broken(&VolumeReclaim::ABOUT, Aspect::Volumes, tenant(at));
        one.from = None;
        one.to = Some(tenant(at));
        one.reason = format!(
            "data of {} stays on what {what} gives when it is given up, until somebody hands it on",
            called(world, tenant(at))
        );
        one.key.clone_from(&what);
        one.fix = "set the reclaim policy Delete for volumes of tenants, and keep backups apart".to_owned();
        one.proofs = proofs.into_iter().take(1).collect();
        found.broken.push(one);
    }
}
