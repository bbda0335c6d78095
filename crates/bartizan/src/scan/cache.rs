//! Where the results of a scan are kept, and what they depend on besides the files and the checks.

use super::{Inventory, Place, Request};
use crate::place;
use bartizan_engine::CacheOptions;
use bartizan_engine::config::Config;

/// Where results are kept; none where they are not.
pub(super) fn options(request: &Request<'_>, config: &Config, place: &Place) -> Option<CacheOptions> {
    let select = &request.scan.select;
    if !config.flag("data.cache") || super::reads_stdin(request) || request.unsaved.is_some() {
        return None;
    }
    let mut targets = request.scan.targets.iter();
    if targets.any(|target| place::is_image(target)) {
        return Some(CacheOptions {
            file: place::data_dir(config)?.join("cache").join("layers"),
            salt: image_salt(request, config, place),
            by_entry: true,
        });
    }
    let what = format!(
        "{}{}{}{}",
        request.scan.targets.join("\n"),
        select.staged,
        select.changed.is_some(),
        match request.inventory {
            Inventory::No => "",
            Inventory::Also => "inventory",
            Inventory::Only => "inventory alone",
        }
    );
    let file = place::data_dir(config)?
        .join("cache")
        .join(place::key_of(&what, &place.start));
    let salt = [
        format!("{:?}", super::source::options(config, place)),
        format!("{:?}", config.list("leak.allow-paths")),
        config.root.display().to_string(),
    ];
    Some(CacheOptions {
        file,
        salt: salt.join("\n"),
        by_entry: false,
    })
}

/// What the results of a layer depend on besides its content and the checks. Where the image lies is nothing to it, so that images
/// with the same base share the results of its layers.
fn image_salt(request: &Request<'_>, config: &Config, place: &Place) -> String {
    let options = super::source::options(config, place);
    let globs = ["scan.exclude", "leak.allow-paths"].map(|key| {
        let list = config.list(key);
        let prefix = if list.is_empty() {
            String::new()
        } else {
            super::source::prefix(config, key, place)
        };
        format!("{list:?} {prefix:?}")
    });
    format!(
        "{:?} {:?} {:?} {globs:?} {:?}",
        options.windows, options.archives, options.images, request.inventory
    )
}
