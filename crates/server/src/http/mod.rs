//! What every answer has in common: problems, pages, and the work that blocks.

mod page;
mod problem;
mod work;

pub use page::{Cursor, Page, PageQuery};
pub use problem::{Kind, Problem};
pub use work::Json;
