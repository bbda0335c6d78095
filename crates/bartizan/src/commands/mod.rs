//! One module for each verb.

pub(crate) mod baseline;
pub(crate) mod bpf;
#[cfg(test)]
mod completeness;
pub(crate) mod comply;
pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod db;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod fix;
pub(crate) mod gate;
pub(crate) mod hook;
pub(crate) mod ledger;
pub(crate) mod login;
pub(crate) mod pages;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod push;
pub(crate) mod rbac;
pub(crate) mod reach;
pub(crate) mod rules;
pub(crate) mod sbom;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod sign;
pub(crate) mod slo;
pub(crate) mod status;
pub(crate) mod tenant;
pub(crate) mod waive;
pub(crate) mod watch;
