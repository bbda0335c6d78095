//! `bartizan schema`: JSON schemas of what Bartizan reads and writes.

use crate::args::SchemaArgs;
use crate::error::{Error, Outcome};
use crate::output::print;
use crate::table::columns;
use bartizan_engine::suggest::did_you_mean;

/// Name, what it describes, text.
const SCHEMAS: &[(&str, &str, &str)] = &[
    (
        "config",
        "bartizan.toml",
        include_str!("../../../../content/schema/config-v1.json"),
    ),
    (
        "waivers",
        "bartizan.waivers.toml",
        include_str!("../../../../content/schema/waivers-v1.json"),
    ),
    (
        "baseline",
        "bartizan.baseline.json",
        include_str!("../../../../content/schema/baseline-v1.json"),
    ),
    (
        "report",
        "-o json",
        include_str!("../../../../content/schema/report-v1.json"),
    ),
];

/// Prints a schema, or the names of all of them.
pub(crate) fn run(args: &SchemaArgs) -> Outcome {
    let Some(name) = &args.name else {
        let rows: Vec<_> = SCHEMAS
            .iter()
            .map(|(name, what, _)| [(*name).to_owned(), (*what).to_owned()])
            .collect();
        print(columns(&rows))?;
        return Ok(0);
    };
    let names = || SCHEMAS.iter().map(|(name, _, _)| *name);
    let Some((_, _, text)) = SCHEMAS.iter().find(|(known, _, _)| known == name) else {
        let help = did_you_mean(name, names())
            .unwrap_or_else(|| format!("the schemas are {}", names().collect::<Vec<_>>().join(", ")));
        return Err(Error::usage(format!("there is no schema `{name}`"), help));
    };
    print(text)?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use bartizan_engine::config::{Kind, SETTINGS};

    #[test]
    fn the_schema_of_the_configuration_describes_every_setting_and_no_other() {
        let schema: serde_json::Value = serde_json::from_str(super::SCHEMAS[0].2).unwrap();
        let described = leaves(&schema);
        assert_eq!(described, SETTINGS.len());
        for setting in SETTINGS {
            let way = setting.key.split('.');
            let property = way.fold(&schema, |inside, name| &inside["properties"][name]);
            assert_eq!(property["description"], setting.about, "{}", setting.key);
            let kind = match setting.kind {
                Kind::Word(_) | Kind::Name | Kind::Path | Kind::Place | Kind::Duration => "string",
                Kind::PathGlobs | Kind::RuleGlobs | Kind::NameGlobs | Kind::Names | Kind::Paths => "array",
                Kind::Number(..) => "integer",
                Kind::Flag => "boolean",
            };
            assert_eq!(property["type"], kind, "{}", setting.key);
            let default = setting
                .default
                .map(|default| bartizan_engine::config::Value::from(default).to_string());
            let shown = property.get("default").map(ToString::to_string);
            assert_eq!(shown, default, "{}", setting.key);
        }
    }

    fn leaves(schema: &serde_json::Value) -> usize {
        match schema.get("properties").and_then(serde_json::Value::as_object) {
            Some(inside) => inside.values().map(leaves).sum(),
            None => 1,
        }
    }

    #[test]
    fn every_schema_is_json() {
        for (name, _, text) in super::SCHEMAS {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{name}");
        }
    }
}
