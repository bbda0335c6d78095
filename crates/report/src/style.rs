//! Terminal styles, or none.

use crate::Context;
use annotate_snippets::Renderer;
use anstyle::{AnsiColor, Effects, Style};
use bartizan_model::Severity;

/// The styles of one rendering; all empty where colour is off, so that writing them writes nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Styles {
    color: bool,
}

impl Styles {
    pub(crate) const fn of(context: &Context<'_>) -> Self {
        Self { color: context.color }
    }

    /// Style of a severity's word. Severity is always a word too, never colour alone.
    pub(crate) const fn severity(self, severity: Severity) -> Style {
        let style = match severity {
            Severity::Critical => AnsiColor::BrightMagenta.on_default().effects(Effects::BOLD),
            Severity::High => AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
            Severity::Medium => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
            Severity::Low => AnsiColor::BrightCyan.on_default().effects(Effects::BOLD),
            Severity::Info => AnsiColor::BrightBlue.on_default(),
        };
        self.or_none(style)
    }

    /// Style of titles.
    pub(crate) const fn strong(self) -> Style {
        self.or_none(Style::new().effects(Effects::BOLD))
    }

    /// Style of the frame's own marks.
    pub(crate) const fn frame(self) -> Style {
        self.or_none(AnsiColor::BrightBlue.on_default().effects(Effects::BOLD))
    }

    /// Style of side notes.
    pub(crate) const fn faint(self) -> Style {
        self.or_none(Style::new().effects(Effects::DIMMED))
    }

    /// Style of good news.
    pub(crate) const fn good(self) -> Style {
        self.or_none(AnsiColor::BrightGreen.on_default().effects(Effects::BOLD))
    }

    const fn or_none(self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }

    /// A renderer of frames whose marks under the source have the severity's colour.
    pub(crate) fn renderer(self, severity: Severity, columns: usize) -> Renderer {
        let renderer = if self.color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer
            .hyperlink(false)
            .term_width(columns)
            .error(self.severity(severity))
            .note(self.strong())
            .help(self.or_none(AnsiColor::BrightGreen.on_default().effects(Effects::BOLD)))
    }
}
