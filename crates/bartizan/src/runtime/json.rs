//! An event as a JSON object. Bytes that are no UTF-8, and characters that may fool a reader, are escaped as in text.

use bartizan_model::encoding::hex;
use bartizan_model::runtime::{Action, Certainty, Container, Endpoint, Event, File, Object, Process, Socket};
use bartizan_model::text::visible;
use serde_json::{Map, Value, json};

use super::time;

/// The object of an event.
pub(crate) fn of(event: &Event<'_>) -> Value {
    let mut object = json!({
        "schema": "bartizan/event/v1",
        "time": time::instant(event.time),
        "number": event.number,
        "processor": event.cpu,
        "thread": event.thread,
        "call": event.call,
        "result": event.result,
        "io_uring": event.by_ring,
        "sure": event.certainty == Certainty::Sure,
        "process": process(&event.process, true),
    });
    if let (Some(object), Some(what)) = (object.as_object_mut(), action(&event.action)) {
        object.insert("what".to_owned(), what);
    }
    object
}

/// A process, and those that started it when `ancestors` is set.
pub(crate) fn process(process: &Process, ancestors: bool) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty =
            value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            object.insert(key.to_owned(), value);
        }
    };
    put("pid", process.pid.into());
    put("parent", process.parent_pid.into());
    if process.started != 0 {
        put("started", time::instant(process.started).into());
    }
    put("name", visible(&process.name).into());
    put("executable", visible(&process.executable.path).into());
    put(
        "arguments",
        process
            .arguments
            .iter()
            .map(|argument| visible(argument))
            .collect(),
    );
    if process.arguments_cut {
        put("arguments_cut", true.into());
    }
    put("directory", visible(&process.directory).into());
    put(
        "user",
        json!({"id": process.user.id, "name": visible(process.user.name.as_bytes()), "effective": process.user.effective}),
    );
    put("login", process.user.login.map_or(Value::Null, Into::into));
    put("environment_digest", (&*process.environment_digest).into());
    put(
        "capabilities",
        format!("{:#x}", process.capabilities.effective).into(),
    );
    if process.executable.in_memory {
        put("in_memory", true.into());
    }
    if process.executable.beside_image == Some(true) {
        put("beside_image", true.into());
    }
    put(
        "container",
        process.container.as_deref().map_or(Value::Null, container),
    );
    if ancestors {
        put(
            "ancestors",
            process
                .ancestors()
                .map(|process| self::process(process, false))
                .collect(),
        );
    }
    Value::Object(object)
}

fn container(container: &Container) -> Value {
    let text = |text: &str| visible(text.as_bytes());
    let mut object = json!({
        "id": text(&container.id),
        "name": text(&container.name),
        "runtime": text(&container.runtime),
        "image": text(&container.image),
        "tag": text(&container.tag),
        "digest": text(&container.image_digest),
        "privileged": container.privileged,
    });
    if let (Some(object), Some(pod)) = (object.as_object_mut(), &container.pod) {
        let pod = json!({"uid": text(&pod.uid), "name": text(&pod.name), "namespace": text(&pod.namespace), "service_account": text(&pod.service_account)});
        object.insert("pod".to_owned(), pod);
    }
    if let Some(object) = object.as_object_mut() {
        object.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    }
    object
}

/// Address and port as one text: `127.0.0.1:53`, `[::1]:53`
pub(crate) fn end(end: Endpoint) -> String {
    std::net::SocketAddr::new(end.address, end.port).to_string()
}

fn socket(socket: &Socket<'_>) -> Value {
    let mut object = json!({
        "family": format!("{:?}", socket.family).to_lowercase(),
        "kind": format!("{:?}", socket.kind).to_lowercase(),
        "local": socket.local.map(end),
        "remote": socket.remote.map(end),
        "path": visible(socket.path),
    });
    if let Some(object) = object.as_object_mut() {
        object.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    }
    object
}

fn file(file: &File<'_>) -> Value {
    json!({
        "path": visible(file.path),
        "kind": format!("{:?}", file.kind).to_lowercase(),
        "device": file.device,
        "inode": file.inode,
        "cut": file.cut,
    })
}

fn action(action: &Action<'_>) -> Option<Value> {
    Some(match action {
        Action::Execute { asked } => json!({"asked": visible(asked)}),
        Action::Fork { child } => json!({"child": child}),
        Action::Exit { code, signal } => json!({"code": code, "signal": signal}),
        Action::Open {
            file: opened,
            asked,
            flags,
            mode,
            descriptor,
        } => {
            json!({"file": file(opened), "asked": visible(asked), "flags": flags, "mode": mode, "descriptor": descriptor})
        }
        Action::Unlink { path, directory } => json!({"path": visible(path), "directory": directory}),
        Action::Rename { from, to } => json!({"from": visible(from), "to": visible(to)}),
        Action::Link { target, path } | Action::Symlink { target, path } => {
            json!({"target": visible(target), "path": visible(path)})
        }
        Action::MakeDirectory { path, mode } | Action::ChangeMode { path, mode } => {
            json!({"path": visible(path), "mode": mode})
        }
        Action::ChangeOwner { path, user, group } => {
            json!({"path": visible(path), "user": user, "group": group})
        }
        Action::ChangeTimes { path, modified } => {
            json!({"path": visible(path), "modified": modified.to_string()})
        }
        Action::Attribute { path, name, value } => {
            json!({"path": visible(path), "name": visible(name), "value": value.map(hex)})
        }
        Action::Mount {
            source,
            target,
            kind,
            flags,
        } => {
            json!({"source": visible(source), "target": visible(target), "kind": visible(kind), "flags": flags})
        }
        Action::Unmount { target } => json!({"target": visible(target)}),
        Action::MemoryFile {
            name,
            flags,
            descriptor,
        } => {
            json!({"name": visible(name), "flags": flags, "descriptor": descriptor})
        }
        Action::Trace { request, target } => json!({"request": request, "target": target}),
        Action::LoadModule { name } => json!({"name": visible(name)}),
        Action::Bpf { command } => json!({"command": command}),
        Action::SetUser { user } => json!({"user": user}),
        Action::SetGroup { group } => json!({"group": group}),
        Action::SetCapabilities { effective } => json!({"effective": format!("{effective:#x}")}),
        Action::Namespaces { flags } => json!({"flags": flags}),
        Action::Socket {
            family,
            kind,
            protocol,
            descriptor,
        } => {
            json!({"family": family, "kind": kind, "protocol": protocol, "descriptor": descriptor})
        }
        Action::Connect {
            socket: with,
            descriptor,
        }
        | Action::Bind {
            socket: with,
            descriptor,
        }
        | Action::Listen {
            socket: with,
            descriptor,
        } => json!({"socket": socket(with), "descriptor": descriptor}),
        Action::Accept {
            socket: with,
            descriptor,
        } => json!({"socket": socket(with), "descriptor": descriptor}),
        Action::Send {
            socket: with,
            descriptor,
            question,
        } => {
            json!({"socket": socket(with), "descriptor": descriptor, "question": visible(question)})
        }
        Action::Receive {
            socket: with,
            descriptor,
        } => json!({"socket": socket(with), "descriptor": descriptor}),
        Action::Signal {
            signal,
            target,
            process: reached,
        } => {
            json!({"signal": signal, "target": target, "process": reached.as_deref().map(|reached| process(reached, false))})
        }
        Action::Duplicate { object, from, to } => {
            let of = match object {
                Object::File(of) => file(of),
                Object::Socket(with) => socket(with),
                Object::Unknown => Value::Null,
            };
            json!({"from": from, "to": to, "of": of})
        }
        _ => return None,
    })
}
