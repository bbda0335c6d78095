//! Rules about what running hosts do: events in, alerts out.
//!
//! In: files of rules as people have them (the format of Falco), and [events](bartizan_model::runtime::Event). Out: what the kernel has to tell for
//! these rules ([`Needs`]), the rules that are true of an event, and [alerts](bartizan_model::runtime::Alert). Pure: nothing is read from the host.
//!
//! ```
//! # use std::sync::Arc;
//! let mut loader = bartizan_detect::Loader::new();
//! loader.add("mine.yaml", "
//! - rule: Shadow read
//!   desc: Somebody reads the file of passwords
//!   condition: evt.type in (open, openat, openat2) and evt.is_open_read=true and fd.name=/etc/shadow
//!   output: '%proc.name read %fd.name'
//!   priority: WARNING
//! ");
//! let (rules, problems) = loader.finish();
//! assert!(problems.is_empty());
//! assert_eq!(rules.needs().calls.len(), 3);
//! let mut detector = bartizan_detect::Detector::new(Arc::new(rules));
//! // For each event: `for rule in detector.judge(&event).to_vec() { detector.alert(rule, &event); }`
//! # let _ = &mut detector;
//! ```
//!
//! How a rule gets there: `falco` reads files and merges what they define, `language` reads conditions, `compile` resolves names, makes all rules one
//! graph of questions (`nodes`), works out what is left of each once the call is known (`specialize`) and what the kernel has to tell (`needs`);
//! `evaluate` asks the graph. `fields` is the table of what may be asked. `pack` has the rules of the product, each with [examples](example). `guard`
//! reads files of policies, which say what is to be stopped.

mod calls;
mod compile;
mod evaluate;
pub mod example;
mod falco;
mod fields;
mod format;
mod guard;
mod language;
mod pack;
mod pattern;
mod problem;
mod show;

pub use compile::{CallNeeds, Loader, Needs, Opening, Paths, Rule, RuleId, Rules};
pub use evaluate::Detector;
pub use guard::policies;
pub use pack::{problems_of_pack, rules};
pub use problem::{Problem, Weight};
pub use show::harmless;
