//! `container.*` and `k8s.*`: where a process runs. On the host itself the container is called `host`.

use bartizan_model::runtime::{Container, Pod};

use super::{Argument, Field, Read, Takes, View, field, known, number, put};
use crate::pattern;

/// Of an id, what is shown of it
const SHORT: usize = 12;
const HOST: &[u8] = b"host";
const KEY: Takes = Takes::Key { required: true };

fn container<'e>(view: &View<'e>) -> Option<&'e Container> {
    view.event.process.container.as_deref()
}

fn pod<'e>(view: &View<'e>) -> Option<&'e Pod> {
    container(view)?.pod.as_ref()
}

/// A text of the container that is empty where it is not known
fn of<'e>(view: &View<'e>, get: impl Fn(&'e Container) -> &'e str) -> Option<&'e [u8]> {
    container(view).and_then(|container| known(get(container).as_bytes()))
}

fn of_pod<'e>(view: &View<'e>, get: impl Fn(&'e Pod) -> &'e str) -> Option<&'e [u8]> {
    pod(view).and_then(|pod| known(get(pod).as_bytes()))
}

/// The same, where the host itself has an answer
fn or_host<'e>(view: &View<'e>, get: impl Fn(&'e Container) -> &'e str) -> Option<&'e [u8]> {
    match container(view) {
        Some(container) => known(get(container).as_bytes()),
        None => Some(HOST),
    }
}

/// The mount of a number, or of a path that the key is a pattern of
fn mount<'e>(view: &View<'e>, argument: &Argument, by_source: bool) -> Option<&'e (Box<str>, Box<str>)> {
    let mounts = &container(view)?.mounts;
    match argument {
        Argument::Index(index) => mounts.get(*index),
        argument => {
            let pattern = argument.key().as_bytes();
            mounts.iter().find(|(source, target)| {
                let path = if by_source { source } else { target };
                pattern::matches(pattern, path.as_bytes(), false)
            })
        }
    }
}

/// The value of the label that the key names
fn label<'e>(labels: &'e [(Box<str>, Box<str>)], argument: &Argument) -> Option<&'e [u8]> {
    let found = labels.iter().find(|(name, _)| **name == *argument.key());
    found.map(|(_, value)| value.as_bytes())
}

/// All labels, `name:value`, with commas between them
fn put_labels(labels: &[(Box<str>, Box<str>)], to: &mut Vec<u8>) -> bool {
    for (index, (name, value)) in labels.iter().enumerate() {
        if index > 0 {
            put(b", ", to);
        }
        put(name.as_bytes(), to);
        to.push(b':');
        put(value.as_bytes(), to);
    }
    true
}

pub(super) const FIELDS: &[Field] = &[
    field(
        "container.id",
        Read::Text(|view, _| {
            let id = or_host(view, |container| &container.id)?;
            Some(id.get(..SHORT).unwrap_or(id))
        }),
    ),
    field(
        "container.full_id",
        Read::Text(|view, _| or_host(view, |container| &container.id)),
    ),
    field(
        "container.name",
        Read::Text(|view, _| or_host(view, |container| &container.name)),
    ),
    field(
        "container.type",
        Read::Text(|view, _| or_host(view, |container| &container.runtime)),
    ),
    field(
        "container.image",
        Read::Built(|view, _, to| {
            let Some(image) = of(view, |container| &container.image) else {
                return false;
            };
            put(image, to);
            if let Some(tag) = of(view, |container| &container.tag) {
                to.push(b':');
                put(tag, to);
            }
            true
        }),
    ),
    field(
        "container.image.repository",
        Read::Text(|view, _| of(view, |container| &container.image)),
    ),
    field(
        "container.image.tag",
        Read::Text(|view, _| of(view, |container| &container.tag)),
    ),
    field(
        "container.image.digest",
        Read::Text(|view, _| of(view, |container| &container.image_digest)),
    ),
    field(
        "container.privileged",
        Read::Boolean(|view| container(view)?.privileged),
    ),
    field(
        "container.start_ts",
        Read::Number(|view, _| {
            container(view)
                .map(|container| container.started)
                .filter(|at| *at != 0)
                .map(number)
        }),
    ),
    field(
        "container.duration",
        Read::Number(|view, _| {
            let started = container(view)?.started;
            (started != 0).then(|| number(view.event.time.saturating_sub(started)))
        }),
    ),
    field(
        "container.mounts",
        Read::Built(|view, _, to| {
            let Some(container) = container(view) else {
                return false;
            };
            for (index, (source, target)) in container.mounts.iter().enumerate() {
                if index > 0 {
                    to.push(b',');
                }
                put(source.as_bytes(), to);
                to.push(b':');
                put(target.as_bytes(), to);
            }
            true
        }),
    ),
    field(
        "container.mount",
        Read::Built(|view, argument, to| {
            mount(view, argument, true).is_some_and(|(source, target)| {
                put(source.as_bytes(), to) && put(b":", to) && put(target.as_bytes(), to)
            })
        }),
    )
    .takes(KEY),
    field(
        "container.mount.source",
        Read::Text(|view, argument| mount(view, argument, false).map(|(source, _)| source.as_bytes())),
    )
    .takes(KEY),
    field(
        "container.mount.dest",
        Read::Text(|view, argument| mount(view, argument, true).map(|(_, target)| target.as_bytes())),
    )
    .takes(KEY),
    field(
        "container.label",
        Read::Text(|view, argument| label(&container(view)?.labels, argument)),
    )
    .takes(KEY),
    field(
        "container.labels",
        Read::Built(|view, _, to| container(view).is_some_and(|container| put_labels(&container.labels, to))),
    ),
    field(
        "container.info",
        Read::Built(|view, _, to| {
            put(b"container_id=", to);
            put(
                or_host(view, |container| &container.id).map_or(b"<NA>", |id| id.get(..SHORT).unwrap_or(id)),
                to,
            );
            put(b" container_name=", to);
            put(or_host(view, |container| &container.name).unwrap_or(b"<NA>"), to)
        }),
    ),
    field(
        "k8s.ns.name",
        Read::Text(|view, _| of_pod(view, |pod| &pod.namespace)),
    ),
    field(
        "k8s.pod.name",
        Read::Text(|view, _| of_pod(view, |pod| &pod.name)),
    ),
    field("k8s.pod.uid", Read::Text(|view, _| of_pod(view, |pod| &pod.uid))),
    field("k8s.pod.id", Read::Text(|view, _| of_pod(view, |pod| &pod.uid))),
    field(
        "k8s.pod.service_account",
        Read::Text(|view, _| of_pod(view, |pod| &pod.service_account)),
    ),
    field(
        "k8s.pod.label",
        Read::Text(|view, argument| label(&pod(view)?.labels, argument)),
    )
    .takes(KEY),
    field(
        "k8s.pod.labels",
        Read::Built(|view, _, to| pod(view).is_some_and(|pod| put_labels(&pod.labels, to))),
    ),
];
