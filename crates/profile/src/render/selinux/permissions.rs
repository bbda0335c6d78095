//! What an access to a file, and a kind of socket, is in the words of SELinux (`selinux/include/classmap.h` of the kernel).

use bartizan_model::runtime::FileClass;

use crate::profile::{Access, SocketKind, Transport};
use crate::render::is_library;

/// Permissions on a file that was accessed so.
pub(super) fn of_file(path: &str, class: FileClass, access: Access) -> Vec<&'static str> {
    let mut all = vec!["getattr"];
    match class {
        FileClass::Dir => {
            all.push("search");
            if access.read {
                all.extend(["ioctl", "lock", "open", "read"]);
            }
            if access.change {
                all.extend(["create", "rename", "reparent", "rmdir", "setattr"]);
            }
        }
        FileClass::LnkFile => {
            all.push("read");
            if access.change {
                all.extend(["create", "rename", "setattr", "unlink"]);
            }
        }
        _ => {
            if access.read {
                // To map a file that may be read gives nothing further.
                all.extend(["ioctl", "lock", "map", "open", "read"]);
            }
            if access.write {
                all.extend(["append", "ioctl", "lock", "open", "write"]);
            }
            if access.change {
                all.extend(["create", "link", "rename", "setattr", "unlink"]);
            }
            if access.connect {
                all.push("write");
            }
            if class == FileClass::File && access.execute {
                all.extend(["entrypoint", "execute", "execute_no_trans", "map", "open", "read"]);
            } else if class == FileClass::File && is_library(path) {
                all.push("execute");
            }
        }
    }
    all
}

/// Permissions on a directory in which a name was made, removed or changed; without that, was gone through.
pub(super) const fn of_directory(changes: bool) -> &'static [&'static str] {
    if changes {
        &["add_name", "getattr", "remove_name", "search", "write"]
    } else {
        &["getattr", "search"]
    }
}

/// What every socket of one's own is used with
pub(super) const SOCKET: [&str; 13] = [
    "append", "bind", "connect", "create", "getattr", "getopt", "ioctl", "lock", "read", "setattr", "setopt",
    "shutdown", "write",
];
/// What a socket that waits for connections is used with
pub(super) const SERVER: [&str; 2] = ["accept", "listen"];

/// The class of a kind of socket; None where the kind alone does not tell.
pub(super) fn class_of(socket: SocketKind) -> Option<&'static str> {
    let is_raw = socket.kind == SocketKind::RAW;
    Some(match (socket.family, socket.kind) {
        (1, 1 | 5) => "unix_stream_socket",
        (1, 2 | 3) => "unix_dgram_socket",
        (2 | 10, 1) => class_of_transport(Transport::Tcp),
        (2 | 10, 2) => class_of_transport(Transport::Udp),
        (2 | 10, 3) => "rawip_socket",
        (17, _) => "packet_socket",
        (38, _) => "alg_socket",
        (40, _) => "vsock_socket",
        // Which of the kernel's ears it speaks to is only known of raw ones.
        (16, _) if is_raw => match socket.protocol {
            0 => "netlink_route_socket",
            4 => "netlink_tcpdiag_socket",
            5 => "netlink_nflog_socket",
            6 => "netlink_xfrm_socket",
            7 => "netlink_selinux_socket",
            9 => "netlink_audit_socket",
            11 => "netlink_connector_socket",
            12 => "netlink_netfilter_socket",
            15 => "netlink_kobject_uevent_socket",
            16 => "netlink_generic_socket",
            21 => "netlink_crypto_socket",
            _ => return None,
        },
        _ => return None,
    })
}

/// The class of sockets of a transport.
pub(super) const fn class_of_transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "tcp_socket",
        Transport::Udp => "udp_socket",
    }
}
