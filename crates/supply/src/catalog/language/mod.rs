//! Languages with few forms of evidence: Rust, Go, Ruby, PHP, Elixir and Erlang, Haskell, Julia, R, Dart, Swift and Objective-C, C and C++.

mod cabal_freeze;
mod cargo_lock;
mod cocoapods_lock;
mod composer_lock;
mod conan_lock;
mod gem_installed;
mod gemfile_lock;
mod go_mod;
pub(crate) mod go_sum;
mod julia_manifest;
mod mix_lock;
mod pub_lock;
mod r_installed;
mod rebar_lock;
mod renv_lock;
mod stack_lock;
mod swift_resolved;

pub use cabal_freeze::CabalFreeze;
pub use cargo_lock::CargoLock;
pub use cocoapods_lock::CocoapodsLock;
pub use composer_lock::ComposerLock;
pub use conan_lock::ConanLock;
pub use gem_installed::GemInstalled;
pub use gemfile_lock::GemfileLock;
pub use go_mod::GoMod;
pub use go_sum::GoSum;
pub use julia_manifest::JuliaManifest;
pub use mix_lock::MixLock;
pub use pub_lock::PubLock;
pub use r_installed::RInstalled;
pub use rebar_lock::RebarLock;
pub use renv_lock::RenvLock;
pub use stack_lock::StackLock;
pub use swift_resolved::SwiftResolved;
