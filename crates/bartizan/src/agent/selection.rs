//! From what rules need to what the kernel is asked to tell.

use bartizan_detect::{CallNeeds, Opening, Paths, Rules};
use bartizan_sensor::{Call, Files, Selection, Uses, Wanted};

/// Calls that rules ask for and that no program in the kernel tells of, each with the names of these rules.
pub(super) fn unseen(rules: &Rules) -> Vec<(&'static str, Vec<&str>)> {
    let unknown = rules
        .needs()
        .calls
        .keys()
        .copied()
        .filter(|name| Call::named(name).next().is_none());
    unknown
        .map(|name| {
            let asking = rules.ids().filter(|id| rules.calls(*id).any(|call| call == name));
            (
                name,
                asking.filter_map(|id| Some(&*rules.get(id)?.name)).collect(),
            )
        })
        .collect()
}

/// The least that the kernel has to tell for rules.
pub(super) fn of(rules: &Rules) -> Selection {
    let mut selection = Selection::none();
    for (name, needs) in &rules.needs().calls {
        let wanted = wanted(needs);
        for call in Call::named(name) {
            selection.want(call, wanted);
        }
        for opening in needs.openings.iter().filter(|opening| by_path(opening)) {
            if let Paths::Some { exact, prefix, names } = &opening.paths {
                exact.iter().for_each(|path| selection.path(path));
                prefix.iter().for_each(|path| selection.below(path));
                names.iter().for_each(|name| selection.name(name));
            }
        }
    }
    selection
}

/// Whether the kernel can choose what is opened by its path
fn by_path(opening: &Opening) -> bool {
    opening.success && !opening.upward && opening.paths != Paths::All
}

fn wanted(needs: &CallNeeds) -> Wanted {
    let plain = Wanted {
        success: needs.success,
        failure: needs.failure,
        reading: Files::Any,
        writing: Files::Any,
        upward: Uses::NONE,
        named: Uses::NONE,
    };
    needs
        .openings
        .iter()
        .map(of_opening)
        .reduce(Wanted::or)
        .unwrap_or(plain)
}

fn of_opening(opening: &Opening) -> Wanted {
    // Of what is asked for upwards the kernel does not look at the path beside.
    let files = if opening.upward || by_path(opening) {
        Files::Selected
    } else {
        Files::Any
    };
    let when = |used: bool| if used { files } else { Files::None };
    let where_opened = |asked: bool| Uses {
        reading: asked && opening.reading,
        writing: asked && opening.writing,
    };
    let by_name =
        by_path(opening) && matches!(&opening.paths, Paths::Some { names, .. } if !names.is_empty());
    Wanted {
        success: opening.success,
        failure: opening.failure,
        reading: when(opening.reading),
        writing: when(opening.writing),
        upward: where_opened(opening.upward),
        named: where_opened(by_name),
    }
}
