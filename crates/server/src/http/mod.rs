//! What every answer has in common: problems, pages, and the work that blocks.

mod page;
mod problem;
mod work;

pub(crate) use page::{Cursor, Page, PageQuery};
pub(crate) use problem::{Kind, Problem};
pub(crate) use work::Json;
