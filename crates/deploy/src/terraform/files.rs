//! Functions of Terraform that read files, answered from the files that were read anyway.
//!
//! In: a call. Out: what it gives of a file that is at hand; unknown where the file is not, for what was not read may well be there. A path
//! starts at the directory of the configuration, as it does where Terraform is run there.
//!
//! Sources: <https://developer.hashicorp.com/terraform/language/functions/templatefile>,
//! <https://developer.hashicorp.com/terraform/language/functions/file>.

use super::eval::{Eval, Names};
use super::functions::digest;
use super::instance::Scope;
use super::value::{Map, Val};
use crate::paths::joined;
use hcl_edit::expr::TraversalOperator;

/// Largest template that is read, in bytes.
pub(super) const LARGEST: usize = 1 << 20;

/// The value of a call; none where it is of no such function.
pub(super) fn call(scope: &Scope<'_, '_>, name: &str, args: &[Val]) -> Option<Val> {
    if name == "templatestring" {
        return Some(match args {
            [Val::Text(text), Val::Map(names)] => rendered(scope, text, names),
            _ => doubt(args).unwrap_or_else(|| Val::refused("`templatestring` takes a text and a map")),
        });
    }
    let digest = match name {
        "file" | "fileexists" | "templatefile" => None,
        name => Some(
            name.strip_prefix("file")
                .filter(|digest| digest::of_bytes(digest, b"").is_some())?,
        ),
    };
    let Some(Val::Text(path)) = args.first() else {
        return Some(doubt(args).unwrap_or_else(|| Val::refused("a path is no text")));
    };
    let found = (!path.starts_with(['/', '~']))
        .then(|| joined(&scope.instance.root, path))
        .flatten()
        .and_then(|path| scope.world.texts.get(path.as_str()));
    let Some(text) = found else {
        return Some(Val::unknown(format!("`{path}` was not read")));
    };
    Some(match (name, digest, args) {
        ("fileexists", ..) => Val::Bool(true),
        ("templatefile", _, [_, Val::Map(names)]) => rendered(scope, text, names),
        ("templatefile", _, args) => {
            doubt(args).unwrap_or_else(|| Val::refused("`templatefile` takes a path and a map"))
        }
        (_, Some(digest), _) => digest::of_bytes(digest, text.as_bytes())
            .map_or_else(|| Val::unknown("no such digest"), Val::Text),
        _ => Val::text(*text),
    })
}

fn doubt(args: &[Val]) -> Option<Val> {
    args.iter().find_map(|arg| match arg {
        Val::Unknown(reason) | Val::Partial(_, reason) => Some(Val::Unknown(reason.clone())),
        _ => None,
    })
}

/// A template with values for its names. What reading it costs is taken from what may still be made.
fn rendered(scope: &Scope<'_, '_>, text: &str, names: &Map) -> Val {
    let of = scope.eval(None);
    if let Val::Unknown(reason) = of.charge(Val::text(text)) {
        return Val::Unknown(reason);
    }
    let Ok(template) = hcl_edit::parser::parse_template(text) else {
        return Val::refused("a template is not valid");
    };
    let names = Template { scope, names };
    let eval = Eval {
        names: &names,
        bound: None,
        ..of
    };
    let value = eval.nested(|eval| eval.template(&template));
    if let Val::Unknown(reason) = value {
        return Val::Unknown(reason);
    }
    match (value.written(), value.doubt()) {
        (Some(text), Some(reason)) => Val::Partial(text, reason.clone()),
        (Some(text), None) => Val::Text(text),
        (None, _) => Val::refused("a template makes something that is no text"),
    }
}

/// What names and functions mean within a template: it knows nothing of the configuration.
struct Template<'a, 'w, 'f> {
    scope: &'a Scope<'w, 'f>,
    names: &'a Map,
}

impl Names for Template<'_, '_, '_> {
    fn name(&self, name: &str, _: &[&TraversalOperator]) -> Option<(Val, usize)> {
        let value = self.names.entries.get(name).cloned();
        Some((
            value.unwrap_or_else(|| Val::refused(format!("a template is given no `{name}`"))),
            0,
        ))
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Val> {
        if matches!(name, "templatefile" | "templatestring") {
            return Some(Val::refused("a template uses another"));
        }
        call(self.scope, name, args)
    }
}
