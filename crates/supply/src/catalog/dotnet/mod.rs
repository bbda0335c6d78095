//! .NET: lock files and lists of packages of NuGet, what projects restored, and the dependencies of built applications.
//!
//! The digests they hold are those of the contents of a package, without its signature, and so not of the distributed file.

mod deps_json;
mod packages_config;
mod packages_lock;
mod project_assets;

pub use deps_json::DepsJson;
pub use packages_config::PackagesConfig;
pub use packages_lock::PackagesLock;
pub use project_assets::ProjectAssets;

/// Ecosystem of nuget.org.
const NUGET: &str = "NuGet";
