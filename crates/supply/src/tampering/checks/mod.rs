//! One rule a file; its doc comment is the manual that `explain` prints, its page in Markdown the test.

mod extra_index;
mod floating_version;
mod insecure_index;
mod install_script;
mod lock_host_drift;
mod lock_name_mismatch;
mod lock_out_of_step;
mod lookalike_name;
mod missing_digest;
mod own_name_from_public_registry;
mod replaced_source;
mod unpinned_repository;
mod url_dependency;
mod vendored_tree_differs;
mod verification_off;
mod weak_digest;

pub use extra_index::ExtraIndex;
pub use floating_version::FloatingVersion;
pub use insecure_index::InsecureIndex;
pub use install_script::InstallScript;
pub use lock_host_drift::LockHostDrift;
pub use lock_name_mismatch::LockNameMismatch;
pub use lock_out_of_step::LockOutOfStep;
pub use lookalike_name::LookalikeName;
pub use missing_digest::MissingDigest;
pub use own_name_from_public_registry::OwnNameFromPublicRegistry;
pub use replaced_source::ReplacedSource;
pub use unpinned_repository::UnpinnedRepository;
pub use url_dependency::UrlDependency;
pub use vendored_tree_differs::VendoredTreeDiffers;
pub use verification_off::VerificationOff;
pub use weak_digest::WeakDigest;
