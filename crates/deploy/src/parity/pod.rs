//! What of a pod decides about security.

use super::facts::{Fact, Facts, add, allows, restricts, says, switch};
use super::image::Image;
use super::matching::Naming;
use super::{quantity, toggle};
use crate::kube::{Container, Pod};
use bartizan_document::{Node, Span};
use bartizan_model::Severity;

/// Words of names of variables whose values are secrets.
const SECRETS: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY"];

pub(super) fn collect(pod: Pod<'_>, naming: &Naming, facts: &mut Facts) {
    let at = pod.place();
    let spec = pod.spec;
    let hosts = [
        ("hostNetwork", true, false),
        ("hostPID", true, false),
        ("hostIPC", true, false),
        ("shareProcessNamespace", true, false),
        ("automountServiceAccountToken", true, true),
    ];
    for (field, lax, default) in hosts {
        let severity = if field.starts_with("host") {
            Severity::High
        } else {
            Severity::Medium
        };
        let named = (format!("`{field}`"), spec.get(field));
        facts.extend(
            switch("privileges", named, (lax, default), severity, at).map(|fact| (fact.what.clone(), fact)),
        );
    }
    let users = (("`hostUsers`").to_owned(), spec.get("hostUsers"));
    if let Some(fact) = switch("privileges", users, (true, true), Severity::Medium, at) {
        add(facts, fact);
    }
    let account = spec.text_of("serviceAccountName").unwrap_or("default");
    let place = spec.get("serviceAccountName").map_or(at, |node| node.span);
    let account = naming.bare(account).to_owned();
    add(
        facts,
        says(
            "access",
            "`serviceAccountName`".to_owned(),
            account,
            Severity::Medium,
            place,
        ),
    );
    if let Some(class) = spec.get("runtimeClassName") {
        let value = class.text().unwrap_or_default().to_owned();
        let fact = restricts(
            "privileges",
            "`runtimeClassName`".to_owned(),
            Severity::Medium,
            class.span,
        );
        add(
            facts,
            Fact {
                value,
                differs: Some(Severity::Medium),
                ..fact
            },
        );
    }
    for volume in spec.items_of("volumes") {
        if let Some(path) = volume.at(&["hostPath", "path"]) {
            let text = path.text().unwrap_or_default();
            add(
                facts,
                allows(
                    "storage",
                    format!("the host's directory `{text}`"),
                    Severity::High,
                    path.span,
                ),
            );
        }
    }
    for container in pod.containers() {
        one(spec, &container, at, facts);
    }
}

fn one(spec: &Node, container: &Container<'_>, at: Span, facts: &mut Facts) {
    let name = container.name();
    let node = container.node;
    let place = node.get("name").map_or(node.span, |name| name.span);
    let of = |what: &str| format!("container `{name}`: {what}");
    add(
        facts,
        allows("workload", format!("container `{name}`"), Severity::Medium, place),
    );
    if let Some(image) = node.get("image") {
        of_image(&of(""), image, facts);
    }
    security(spec, container, &of(""), at, facts);
    for resource in ["cpu", "memory"] {
        let limit = node.at(&["resources", "limits", resource]);
        // A limit of nothing is no limit.
        if let Some(limit) = limit.filter(|limit| quantity::amount(limit).is_some_and(|amount| amount > 0.0))
        {
            add(
                facts,
                restricts(
                    "limits",
                    of(&format!("limit of {resource}")),
                    Severity::Medium,
                    limit.span,
                ),
            );
        }
    }
    for port in node.items_of("ports") {
        if let Some(number) = port
            .get("hostPort")
            .filter(|port| port.int().is_some_and(|port| port > 0))
        {
            let number_text = number.int().unwrap_or_default();
            add(
                facts,
                allows(
                    "exposure",
                    of(&format!("host port {number_text}")),
                    Severity::Medium,
                    number.span,
                ),
            );
        }
    }
    for variable in node.items_of("env") {
        environment(name, variable, facts);
    }
    for argument in node.items_of("args").iter().chain(node.items_of("command")) {
        let fact = argument
            .text()
            .and_then(|text| toggle::argument(&of("").replace(": ", ":"), text, argument.span));
        if let Some(fact) = fact {
            add(facts, fact);
        }
    }
}

fn of_image(of: &str, node: &Node, facts: &mut Facts) {
    let Some(text) = node.text() else { return };
    let image = Image::of(text);
    let what = |what: &str| format!("{of}{what}");
    let loose = image.looseness();
    add(
        facts,
        says(
            "image",
            what("image"),
            image.repository.clone(),
            Severity::High,
            node.span,
        ),
    );
    add(
        facts,
        says(
            "image",
            what("version of the image"),
            image.version(),
            Severity::Medium,
            node.span,
        ),
    );
    let pinned = ["by digest", "by a tag", "by a tag that moves"];
    let value = pinned
        .get(usize::from(loose))
        .copied()
        .unwrap_or_default()
        .to_owned();
    let fact = says(
        "image",
        what("how the image is pinned"),
        value,
        Severity::Medium,
        node.span,
    );
    add(
        facts,
        Fact {
            lax: loose,
            differs: None,
            ..fact
        },
    );
}

fn environment(container: &str, variable: &Node, facts: &mut Facts) {
    let Some(name) = variable.text_of("name") else {
        return;
    };
    let of = format!("container `{container}`: variable");
    if let Some(value) = variable.get("value")
        && let Some(fact) = toggle::of(&of, name, value)
    {
        return add(facts, fact);
    }
    let upper = name.to_ascii_uppercase();
    if !SECRETS.iter().any(|word| upper.contains(word)) {
        return;
    }
    let is_kept = variable.at(&["valueFrom", "secretKeyRef"]).is_some();
    let is_written = variable
        .get("value")
        .is_some_and(|value| value.text() != Some(""));
    if is_kept || is_written {
        let value = if is_kept {
            "taken from a Secret"
        } else {
            "written into the manifest"
        };
        let fact = says(
            "settings",
            format!("{of} `{name}`"),
            value.to_owned(),
            Severity::High,
            variable.span,
        );
        add(
            facts,
            Fact {
                lax: u8::from(is_written),
                absent: (u8::from(is_written), "absent"),
                differs: None,
                ..fact
            },
        );
    }
}

fn security(spec: &Node, container: &Container<'_>, of: &str, at: Span, facts: &mut Facts) {
    let own = container.node.get("securityContext");
    let shared = spec.get("securityContext");
    let alone = |field: &str| own.and_then(|own| own.get(field)).filter(|node| !node.is_null());
    let either = |field: &str| {
        let shared = shared.and_then(|shared| shared.get(field));
        alone(field).or(shared).filter(|node| !node.is_null())
    };
    let what = |what: &str| format!("{of}{what}");
    let at = container.node.get("name").map_or(at, |name| name.span);
    let switches = [
        ("privileged", true, false, Severity::High, alone("privileged")),
        (
            "allowPrivilegeEscalation",
            true,
            true,
            Severity::Medium,
            alone("allowPrivilegeEscalation"),
        ),
        (
            "readOnlyRootFilesystem",
            false,
            false,
            Severity::Low,
            alone("readOnlyRootFilesystem"),
        ),
        (
            "runAsNonRoot",
            false,
            false,
            Severity::Medium,
            either("runAsNonRoot"),
        ),
    ];
    for (field, lax, default, severity, node) in switches {
        let named = (what(&format!("`{field}`")), node);
        if let Some(fact) = switch("privileges", named, (lax, default), severity, at) {
            add(facts, fact);
        }
    }
    if let Some(user) = either("runAsUser").filter(|user| user.int() == Some(0)) {
        add(
            facts,
            allows(
                "privileges",
                what("running as root (`runAsUser: 0`)"),
                Severity::High,
                user.span,
            ),
        );
    }
    let kinds = [
        ("seccomp profile", either("seccompProfile"), at),
        ("AppArmor profile", either("appArmorProfile"), at),
    ];
    for (name, profile, at) in kinds {
        let kind = profile.and_then(|profile| profile.get("type"));
        let text = kind.and_then(Node::text).unwrap_or("absent");
        let lax = match text {
            "Unconfined" => 2,
            "absent" => 1,
            _ => 0,
        };
        let fact = says(
            "privileges",
            what(name),
            text.to_owned(),
            Severity::Medium,
            kind.map_or(at, |kind| kind.span),
        );
        add(
            facts,
            Fact {
                lax,
                absent: (1, "absent"),
                differs: None,
                ..fact
            },
        );
    }
    if let Some(mount) = alone("procMount").filter(|mount| mount.text() == Some("Unmasked")) {
        add(
            facts,
            allows(
                "privileges",
                what("an unmasked /proc"),
                Severity::High,
                mount.span,
            ),
        );
    }
    let capabilities = own.and_then(|own| own.get("capabilities"));
    let named = |node: &Node| {
        node.text()
            .map(|name| name.to_ascii_uppercase().trim_start_matches("CAP_").to_owned())
    };
    for added in capabilities.map_or(&[][..], |all| all.items_of("add")) {
        if let Some(name) = named(added) {
            add(
                facts,
                allows(
                    "privileges",
                    what(&format!("capability `{name}`")),
                    Severity::High,
                    added.span,
                ),
            );
        }
    }
    for dropped in capabilities.map_or(&[][..], |all| all.items_of("drop")) {
        if let Some(name) = named(dropped) {
            let what = what(&format!("dropping of capability `{name}`"));
            add(
                facts,
                restricts("privileges", what, Severity::Medium, dropped.span),
            );
        }
    }
}
