//! What is known of the contents of container images: what package managers leave, which programs are tools, and which packages
//! are needed though nothing links to them or not needed though packages depend on them.
//!
//! In: `content/supply/image`. Out: entries in the order of the files.

use crate::packages::entries;

static CACHES: &str = include_str!("../../../content/supply/image/caches.txt");
static TOOLS: &str = include_str!("../../../content/supply/image/tools.txt");
static KEEP: &str = include_str!("../../../content/supply/image/keep.txt");
static DISTRIBUTIONS: &str = include_str!("../../../content/supply/image/distributions.txt");
static MAINTENANCE: &str = include_str!("../../../content/supply/image/maintenance.txt");

/// Who makes the packages of distributions: type of package URL, and the domain of maintainers or the beginning of the vendor.
pub fn distributions() -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(DISTRIBUTIONS).filter_map(|line| line.split_once(' '))
}

/// Directories that hold what was downloaded to be installed, `*` standing for one name, and how not to keep them.
pub fn caches() -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(CACHES).filter_map(|line| line.split_once(' '))
}

/// Programs that services hardly ever need, by kind.
pub fn tools() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    entries(TOOLS).filter_map(|line| {
        let (kind, names) = line.split_once(' ')?;
        Some((kind, names.split(' ').collect()))
    })
}

/// Names of packages that services use without being linked to them, with the reason; `*` at the end stands for the rest.
pub fn kept() -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(KEEP).filter_map(|line| line.split_once(' '))
}

/// Names of packages on which others depend for their installation alone.
pub fn maintenance() -> impl Iterator<Item = &'static str> {
    entries(MAINTENANCE)
        .filter_map(|line| line.split_once(' '))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_whole_and_stands_in_order() {
        let names: Vec<&str> = kept().map(|(name, _)| name).collect();
        assert!(names.is_sorted() && names.len() > 10, "{names:?}");
        let names: Vec<&str> = maintenance().collect();
        assert!(names.is_sorted() && names.len() > 10, "{names:?}");
        assert!(distributions().all(|(kind, _)| matches!(kind, "apk" | "deb" | "rpm")));
        let places: Vec<&str> = caches().map(|(place, _)| place).collect();
        assert!(
            places.is_sorted() && places.iter().all(|place| place.ends_with('/')),
            "{places:?}"
        );
        assert!(tools().all(|(_, names)| names.len() > 3));
    }
}
