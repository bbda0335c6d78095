//! Bash: grammar tree-sitter-bash.
//!
//! - A command is an `Other` (`command`) of its words, the first of which is its name after variables that are set for it, each of these a pair.
//!   `|` is an operator between commands.
//! - `$x` and `${x}` are an `Other` (`expansion`) of a name. A command that stands for what it prints is an `Other` (`command_substitution`).
//! - Redirections are words of the command.
//!
//! <https://www.gnu.org/software/bash/manual/bash.html>

use super::{ABSENT, ALL, Becomes, ESCAPES, Pick, Quotes, RAW, Row, Slot, TEXT, Table, block, field};
use crate::front::escape::Escapes;
use crate::kind::Kind;

pub(super) static TABLE: Table = Table {
    rows: &[WORDS, COMMANDS, STATEMENTS],
    tokens: &[],
};

/// <https://www.gnu.org/software/bash/manual/bash.html#Double-Quotes>
const DOUBLE: Quotes = Quotes {
    escapes: None,
    ..TEXT
};
/// <https://www.gnu.org/software/bash/manual/bash.html#ANSI_002dC-Quoting>
const ANSI: Quotes = Quotes {
    escapes: Some(Escapes {
        braces: false,
        ..ESCAPES
    }),
    ..TEXT
};

const WORDS: &[Row] = &[
    Row(
        "word variable_name special_variable_name number file_descriptor test_operator regex extglob_pattern",
        Becomes::Leaf(Kind::Name),
    ),
    Row("raw_string", Becomes::Text(&RAW)),
    Row("ansi_c_string", Becomes::Text(&ANSI)),
    Row("string", Becomes::Text(&DOUBLE)),
    Row("heredoc_body", Becomes::Text(&DOUBLE)),
    Row(
        "translated_string command_name parenthesized_expression",
        Becomes::Same,
    ),
    Row("simple_expansion expansion", Becomes::Named("expansion", &[ALL])),
    Row(
        "command_substitution",
        Becomes::Named("command_substitution", &[ALL]),
    ),
    Row(
        "process_substitution",
        Becomes::Named("process_substitution", &[ALL]),
    ),
    Row("array", Becomes::Node(Kind::List, &[ALL])),
    Row(
        "subscript",
        Becomes::Node(Kind::Index, &[field("name"), field("index")]),
    ),
    Row("binary_expression", Becomes::Binary),
    Row("unary_expression postfix_expression", Becomes::Unary),
    Row(
        "ternary_expression",
        Becomes::Node(
            Kind::Conditional,
            &[field("condition"), field("consequence"), field("alternative")],
        ),
    ),
    Row("heredoc_start heredoc_end", Becomes::Skip),
];

const COMMANDS: &[Row] = &[
    Row("command", Becomes::Command),
    Row("pipeline", Becomes::Chain("|")),
    Row(
        "variable_assignment",
        Becomes::Node(Kind::Assign, &[field("name"), field("value")]),
    ),
    Row("variable_assignments", Becomes::Splice),
];

const STATEMENTS: &[Row] = &[
    Row("compound_statement do_group else_clause", Becomes::Block),
    Row(
        "if_statement elif_clause",
        Becomes::Node(
            Kind::If,
            &[
                Slot::Either(&[
                    Slot::OneOrTuple(Pick::Field("condition")),
                    Slot::One(Pick::Nth(0)),
                ]),
                Slot::Body(Pick::Branch),
                Slot::Else(Pick::Kind("elif_clause else_clause")),
            ],
        ),
    ),
    Row(
        "while_statement",
        Becomes::Node(
            Kind::While,
            &[Slot::OneOrTuple(Pick::Field("condition")), block("body"), ABSENT],
        ),
    ),
    Row(
        "for_statement",
        Becomes::Node(
            Kind::ForEach,
            &[
                field("variable"),
                Slot::OneOrTuple(Pick::Field("value")),
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "c_style_for_statement",
        Becomes::Node(
            Kind::For,
            &[
                Slot::Body(Pick::Field("initializer")),
                Slot::OneOrTuple(Pick::Field("condition")),
                Slot::Body(Pick::Field("update")),
                block("body"),
            ],
        ),
    ),
    Row(
        "case_statement",
        Becomes::Switch {
            subject: Pick::Field("value"),
            cases: Pick::Kind("case_item"),
        },
    ),
    Row(
        "case_item",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Field("value")),
                ABSENT,
                Slot::Body(Pick::Rest),
            ],
        ),
    ),
    Row(
        "function_definition",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers(""),
                field("name"),
                Slot::OrEmpty(Kind::Params, Pick::None),
                ABSENT,
                block("body"),
                ABSENT,
            ],
        ),
    ),
];
