//! Tests of the whole program: the real binary, its standard output, standard error and exit code.
//!
//! In: a [`sandbox::Sandbox`], a directory with a home of its own. Out: snapshots in which paths, times and versions
//! are replaced by placeholders. Credentials are made from a pattern when a test runs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "all of this is tests: what is wrong must stop them"
)]

mod advisories;
mod agent;
mod bad_input;
mod baselines;
mod bpf;
mod cluster;
mod comply;
mod config;
mod containers;
#[path = "../../crates/source/tests/common/daemon.rs"]
mod daemon;
mod db_update;
mod diff;
#[path = "../../crates/source/tests/common/docker_registry.rs"]
mod docker_registry;
mod emulations;
mod exit_codes;
mod explain;
mod falco;
mod fingerprints;
mod fix;
mod formats;
mod guard;
mod help;
mod hook;
mod images;
mod interrupts;
mod layer_results;
mod ledger;
mod lsp;
mod minimal_images;
mod minimal_systems;
mod own_code;
mod packaged_files;
mod packages;
mod pod_labels;
mod policies;
mod profile;
mod profiled_containers;
mod profiled_images;
mod profiled_labels;
mod profiled_names;
mod progress;
mod pulled_images;
mod quality;
mod reach;
mod recorded;
mod remediation;
mod rendering;
mod rendering_parts;
mod roots;
mod rules;
mod running;
mod sandbox;
mod sbom;
mod semgrep_rules;
#[path = "../../crates/source/tests/common/server.rs"]
mod server;
mod static_analysis;
mod tampering;
mod targets;
mod tenant;
mod units;
mod untouched_packages;
mod waivers;
mod watch;
