#: quiet
set -eu
# A crate with a script of its own is built, tested and run.
cd /tmp
mkdir -p crate/src
printf '[package]\nname = "tiny"\nversion = "0.1.0"\nedition = "2021"\n' > crate/Cargo.toml
echo 'fn main() { println!("cargo::rustc-env=MADE=yes"); }' > crate/build.rs
echo 'fn main() { println!("{}", env!("MADE")); } #[test] fn holds() {}' > crate/src/main.rs
cd crate
cargo build --offline
cargo test --offline
cargo run --offline
git init -q .
git add -A
git -c user.name=ann -c user.email=ann@example.com commit -q -m first
