//! Languages with one form of lock file: Rust, Go, Ruby, PHP, Elixir and Erlang, Dart, Swift, C and C++.

mod cargo_lock;
mod composer_lock;
mod conan_lock;
mod gemfile_lock;
mod go_mod;
mod mix_lock;
mod pub_lock;
mod swift_resolved;

pub use cargo_lock::CargoLock;
pub use composer_lock::ComposerLock;
pub use conan_lock::ConanLock;
pub use gemfile_lock::GemfileLock;
pub use go_mod::GoMod;
pub use mix_lock::MixLock;
pub use pub_lock::PubLock;
pub use swift_resolved::SwiftResolved;
