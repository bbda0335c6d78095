//! rpm's former database form: a hash table of Berkeley DB (`Packages`), package number to header.
//!
//! The layout of its pages is in <https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h>. A page has a header
//! of 26 bytes, then offsets of its entries, whose bytes grow from the end. Keys and data alternate; data too large for a
//! page is a chain of overflow pages. Words are in the byte order of the machine that wrote the file, which its magic
//! number tells.

use super::Each;
use crate::catalog::bytes::{Budget, Order, slice};

const HASH_MAGIC: u32 = 0x0006_1561;
const PAGE_HEADER: usize = 26;
const HASH_META: u8 = 8;
const HASH_PAGE: u8 = 13;
const HASH_UNSORTED: u8 = 2;
const OVERFLOW_PAGE: u8 = 7;
const ON_PAGE: u8 = 1;
const OFF_PAGE: u8 = 3;

fn order(bytes: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big]
        .into_iter()
        .find(|order| order.u32(bytes, 12) == Some(HASH_MAGIC))
}

pub(super) fn is(bytes: &[u8]) -> bool {
    order(bytes).is_some()
}

struct File<'a> {
    bytes: &'a [u8],
    order: Order,
    page_size: usize,
    budget: Budget,
}

pub(super) fn walk(bytes: &[u8], each: &mut Each<'_>) {
    let Some(order) = order(bytes) else {
        return;
    };
    let page_size = order.size(bytes, 20).unwrap_or_default();
    let kind = bytes.get(25).copied();
    if !(512..=65536).contains(&page_size) || !page_size.is_power_of_two() || kind != Some(HASH_META) {
        each(Err("the first page of the Berkeley DB file is damaged".to_owned()));
        return;
    }
    if bytes.get(24) != Some(&0) {
        each(Err("the Berkeley DB file is encrypted".to_owned()));
        return;
    }
    let file = File {
        bytes,
        order,
        page_size,
        budget: Budget::of(bytes),
    };
    let last = order.size(bytes, 32).unwrap_or_default();
    let whole_pages = bytes.len() / page_size;
    if last >= whole_pages {
        each(Err(format!(
            "the Berkeley DB file is cut off: {} pages, of which {whole_pages} are there",
            last + 1
        )));
    }
    for number in 1..=last.min(whole_pages.saturating_sub(1)) {
        if let Some(page) = file.page(number) {
            file.entries(page, each);
        }
    }
}

impl<'a> File<'a> {
    fn page(&self, number: usize) -> Option<&'a [u8]> {
        slice(self.bytes, number.checked_mul(self.page_size)?, self.page_size)
    }

    fn entries(&self, page: &'a [u8], each: &mut Each<'_>) {
        if !matches!(page.get(25), Some(&(HASH_PAGE | HASH_UNSORTED))) {
            return;
        }
        let count = usize::from(self.order.u16(page, 20).unwrap_or_default());
        let offset = |index: usize| self.order.u16(page, PAGE_HEADER + index * 2).map(usize::from);
        // Data follows its key.
        for index in (1..count).step_by(2) {
            let Some((start, end)) = offset(index).zip(offset(index - 1)) else {
                each(Err("a page of the Berkeley DB file is damaged".to_owned()));
                return;
            };
            match page.get(start) {
                // A header is larger than this; what is small is the counter of package numbers.
                Some(&ON_PAGE) => {
                    if let Some(data) = page
                        .get(start + 1..end)
                        .filter(|data| data.len() > 16 && self.budget.take(data.len()).is_some())
                    {
                        each(Ok(data));
                    }
                }
                Some(&OFF_PAGE) => match self.chain(page, start) {
                    Some(blob) => each(Ok(&blob)),
                    None => each(Err("the overflow pages of a package are damaged".to_owned())),
                },
                _ => each(Err(
                    "an entry of the Berkeley DB file is of a kind that rpm does not write".to_owned(),
                )),
            }
        }
    }

    /// The data of an entry that lies on overflow pages.
    fn chain(&self, page: &[u8], start: usize) -> Option<Vec<u8>> {
        let mut number = self.order.size(page, start + 4)?;
        let length = self.order.size(page, start + 8)?;
        self.budget.take(length)?;
        let mut data = Vec::new();
        while data.len() < length {
            let page = self.page(number).filter(|_| number != 0)?;
            let used = usize::from(self.order.u16(page, 22)?);
            // A page without data would let a chain turn in circles for ever.
            if page.get(25) != Some(&OVERFLOW_PAGE) || used == 0 {
                return None;
            }
            data.extend_from_slice(slice(page, PAGE_HEADER, used)?);
            number = self.order.size(page, 16)?;
        }
        data.truncate(length);
        Some(data)
    }
}
