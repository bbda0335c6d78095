//! What every answer has in common: problems, pages, and the work that blocks.

pub(crate) mod body;
mod dress;
mod etag;
mod page;
mod problem;
mod work;

pub(crate) use dress::{dress, strict};
pub(crate) use etag::{names, spare, tag_of, unchanged};
pub use page::{Cursor, Page, PageQuery};
pub use problem::{Kind, Problem};
pub use work::{Brief, Json};
