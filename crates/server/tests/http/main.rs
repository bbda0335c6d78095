//! The control plane over real HTTP: a listener on the loopback interface, and a client that speaks as a browser or a program would.

mod answers;
mod client;
mod people;
mod roles;
mod server;
mod sign_in;
mod tokens;
mod told;
mod wall;
