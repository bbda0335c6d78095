//! `deploy/compose/open-data-store`: a database that everybody on the network can ask.

use super::{Rule, short_name};
use crate::compose::read::Compose;
use crate::doubt::Doubt;
use bartizan_engine::rule;
use bartizan_engine::rule::{Found, Report};

rule! {
    /// A data store publishes its port on every address of the machine. Everybody who can reach the machine can ask it, and the engine's rules
    /// come before the machine's own firewall, so that `ufw` and the like do not keep them out. Many of these images ask for no password, or for one that is in
    /// their manual.
    OpenDataStore {
        id: "deploy/compose/open-data-store",
        title: "Data store published on every address",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-668"],
        controls: [("NIST-800-53-r5", "SC-7"), ("PCI-DSS-4.0.1", "1.4.4")],
        remediation: "Services of one Compose file reach each other without published ports: remove it. For work on the machine itself: `127.0.0.1:5432:5432`.",
        references: ["https://docs.docker.com/engine/network/packet-filtering-firewalls/"],
    }
}

pub(super) const RULE: Rule = Rule {
    about: &OpenDataStore::ABOUT,
    judge,
};

const STORES: [&str; 29] = [
    "postgres",
    "postgresql",
    "postgis",
    "timescaledb",
    "pgvector",
    "mysql",
    "mysql-server",
    "mariadb",
    "percona",
    "mongo",
    "mongodb",
    "redis",
    "valkey",
    "keydb",
    "memcached",
    "elasticsearch",
    "opensearch",
    "cassandra",
    "scylla",
    "couchdb",
    "neo4j",
    "influxdb",
    "clickhouse-server",
    "cockroach",
    "etcd",
    "rabbitmq",
    "minio",
    "arangodb",
    "redis-stack",
];

fn judge(file: &Compose<'_>, out: &mut Report<'_>, doubts: &mut Vec<Doubt>) {
    for service in &file.services {
        let image = service.all("image").into_iter().next();
        let Some(image) = image.and_then(|node| service.text(node, doubts)) else {
            continue;
        };
        if !STORES.contains(&short_name(&image)) {
            continue;
        }
        for port in service.published(doubts) {
            let address = port.address.as_deref();
            let is_open = address.is_none_or(|address| matches!(address, "" | "0.0.0.0" | "::"));
            if is_open {
                out.finding(
                    Found {
                        message: format!(
                            "`{}` ({}) is published on every address of the machine: `{}`",
                            service.name.escape_debug(),
                            short_name(&image).escape_debug(),
                            port.text.escape_debug()
                        ),
                        key: format!("{} {}", service.name, port.text),
                        fix: "remove the port, or publish it on `127.0.0.1`".to_owned(),
                        ..Found::default()
                    },
                    &port.at,
                );
            }
        }
    }
}
