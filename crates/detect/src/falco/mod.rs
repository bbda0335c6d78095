//! Rule files in the format of Falco: texts in, definitions out, merged in the order of the files.
//!
//! What they may hold: <https://falco.org/docs/concepts/rules/basic-elements/>, [exceptions](https://falco.org/docs/concepts/rules/exceptions/),
//! [overrides](https://falco.org/docs/concepts/rules/overriding/). Whatever is not understood is told with its place, and the rule, macro or list
//! that it belongs to is broken: nothing that uses it runs, since a condition that lost a part means something else.

mod collect;
mod exceptions;
mod file;
pub(crate) mod place;

pub(crate) use collect::{Definitions, RawRule};
pub(crate) use place::{Located, Place};
