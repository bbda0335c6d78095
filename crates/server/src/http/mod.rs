//! What every answer has in common: problems, pages, and the work that blocks.

pub(crate) mod body;
mod dress;
mod page;
mod problem;
mod work;

pub(crate) use dress::dress;
pub use page::{Cursor, Page, PageQuery};
pub use problem::{Kind, Problem};
pub use work::{Brief, Json};
