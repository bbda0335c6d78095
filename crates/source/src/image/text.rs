//! The configuration of an image as lines of text, in the manner of a Dockerfile.
//!
//! In: the configuration. Out: text for checks that look into files, so that a credential in the environment, a label or the
//! history is found like any other. The history stands last, each step at a line that [`step_of`] leads back to it.

use super::documents::ImageConfig;
use std::fmt::Write;

/// Path under which the configuration is delivered.
pub const CONFIG_PATH: &str = "(image config)";

/// The text.
pub(super) fn of(config: &ImageConfig) -> String {
    let mut text = String::new();
    let runtime = &config.config;
    let user = (!runtime.user.is_empty()).then(|| format!("USER {}", runtime.user));
    let mut put = |line: &str| {
        // One line each, whatever the value holds.
        let _ = writeln!(text, "{}", line.replace(['\n', '\r'], " "));
    };
    user.iter().for_each(|line| put(line));
    for variable in &runtime.env {
        put(&format!("ENV {variable}"));
    }
    for (name, value) in &runtime.labels {
        put(&format!("LABEL {name}={value}"));
    }
    for (word, arguments) in [
        ("ENTRYPOINT", &runtime.entrypoint),
        ("CMD", &runtime.cmd),
        ("HEALTHCHECK", &runtime.healthcheck.test),
        ("ONBUILD", &runtime.on_build),
    ] {
        if !arguments.is_empty() {
            put(&format!("{word} {}", arguments.join(" ")));
        }
    }
    for step in &config.history {
        put(&step.created_by);
        if !step.comment.is_empty() {
            put(&format!("# {}", step.comment));
        }
    }
    text
}

/// The line (from 1) of the text at which a step of the history stands.
#[must_use]
pub fn line_of(config: &ImageConfig, step: usize) -> u32 {
    let end = u32::try_from(of(config).lines().count()).unwrap_or(u32::MAX);
    (1..=end)
        .find(|line| step_of(config, *line) == Some(step))
        .unwrap_or(1)
}

/// Number of the step of the history that stands at a line (from 1) of the text.
#[must_use]
pub fn step_of(config: &ImageConfig, line: u32) -> Option<usize> {
    let lines: usize = config
        .history
        .iter()
        .map(|step| 1 + usize::from(!step.comment.is_empty()))
        .sum();
    let before = of(config).lines().count().checked_sub(lines)?;
    let mut at = usize::try_from(line).ok()?.checked_sub(before + 1)?;
    for (number, step) in config.history.iter().enumerate() {
        let height = 1 + usize::from(!step.comment.is_empty());
        if at < height {
            return Some(number);
        }
        at -= height;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::documents::Step;

    #[test]
    fn a_line_of_the_text_leads_back_to_its_step() {
        let mut config = ImageConfig::default();
        config.config.env = vec!["A=1".into(), "B=two\nlines".into()];
        let step = |by: &str, comment: &str| Step {
            created_by: by.into(),
            comment: comment.into(),
            ..Step::default()
        };
        config.history = vec![step("one", ""), step("two", "buildkit"), step("", "")];
        assert_eq!(of(&config), "ENV A=1\nENV B=two lines\none\ntwo\n# buildkit\n\n");
        let steps: Vec<_> = (0..8).map(|line| step_of(&config, line)).collect();
        assert_eq!(
            steps,
            [None, None, None, Some(0), Some(1), Some(1), Some(2), None]
        );
    }
}
