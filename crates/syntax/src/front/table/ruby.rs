//! Ruby: grammar tree-sitter-ruby.
//!
//! - A call without arguments and block is the callee alone: a name, or a member. A block is the last argument.
//! - A symbol is an `Other` (`symbol`) with its name in it, also as a key before a colon, so that `:a => 1` and `a: 1` are alike.
//! - A block is a function with [`Flags::BLOCK`]; so is the parameter that takes it. A method of a class itself has what it is defined on as a
//!   modifier.
//! - What stands in brackets after an object is a tuple in any case. `unless` is an `if` of the opposite, `until` a `while` of it.
//! - The text of a here-document stands apart from where it is used, which is an `Other`.
//!
//! <https://docs.ruby-lang.org/en/master/syntax_rdoc.html>

use super::{
    ABSENT, ALL, Becomes, ESCAPES, Guards, Pick, Quotes, REST, Row, Slot, TEXT, Table, block, field, nth,
};
use crate::ast::Flags;
use crate::front::escape::Escapes;
use crate::kind::{Kind, Operator};

pub(super) static TABLE: Table = Table {
    rows: &[EXPRESSIONS, CALLS, STATEMENTS, DECLARATIONS],
    tokens: &[],
};

/// <https://docs.ruby-lang.org/en/master/syntax/literals_rdoc.html#label-Double-Quoted+String+Literals>
const DOUBLE: Quotes = Quotes {
    escapes: Some(Escapes {
        long: false,
        ..ESCAPES
    }),
    ..TEXT
};
const REGEX: Quotes = Quotes {
    plain: Kind::Regex,
    escapes: None,
    ..TEXT
};

const GUARDS: Guards = Guards {
    handlers: "rescue",
    otherwise: "else",
    finally: "ensure",
};

const EXPRESSIONS: &[Row] = &[
    Row(
        "identifier constant instance_variable class_variable global_variable operator setter file line encoding",
        Becomes::Leaf(Kind::Name),
    ),
    Row("self", Becomes::Leaf(Kind::This)),
    Row("super", Becomes::Leaf(Kind::Super)),
    Row("nil", Becomes::Leaf(Kind::Null)),
    Row("true", Becomes::Word(Kind::Bool, "true")),
    Row("false", Becomes::Word(Kind::Bool, "false")),
    Row("integer float rational complex", Becomes::Number),
    Row(
        "string bare_string heredoc_body character",
        Becomes::Text(&DOUBLE),
    ),
    Row("chained_string", Becomes::Joined),
    Row("regex", Becomes::Text(&REGEX)),
    Row("subshell", Becomes::TextIn(&DOUBLE)),
    Row(
        "simple_symbol hash_key_symbol delimited_symbol bare_symbol",
        Becomes::Symbol,
    ),
    Row(
        "array string_array symbol_array",
        Becomes::Node(Kind::List, &[ALL]),
    ),
    Row("hash", Becomes::Node(Kind::Map, &[ALL])),
    Row("pair", Becomes::Node(Kind::Pair, &[field("key"), field("value")])),
    Row(
        "splat_argument rest_assignment",
        Becomes::Marked(Kind::Spread, Operator::Times, &[REST]),
    ),
    Row(
        "hash_splat_argument",
        Becomes::Marked(Kind::Spread, Operator::Power, &[REST]),
    ),
    Row(
        "interpolation parenthesized_statements superclass exception_variable pattern in",
        Becomes::Same,
    ),
    Row(
        "scope_resolution",
        Becomes::Node(Kind::Member, &[field("scope"), field("name")]),
    ),
    Row(
        "element_reference",
        Becomes::Node(
            Kind::Index,
            &[field("object"), Slot::Group(Kind::Tuple, Pick::Rest)],
        ),
    ),
    Row("binary", Becomes::Binary),
    Row("unary", Becomes::Unary),
    Row(
        "conditional",
        Becomes::Node(
            Kind::Conditional,
            &[field("condition"), field("consequence"), field("alternative")],
        ),
    ),
    Row("assignment operator_assignment", Becomes::Assign),
    Row(
        "left_assignment_list right_assignment_list destructured_left_assignment",
        Becomes::Node(Kind::Tuple, &[ALL]),
    ),
];

const CALLS: &[Row] = &[
    Row(
        "call",
        Becomes::Call {
            callee: Slot::Either(&[
                Slot::Nested(Kind::Member, &[field("receiver"), field("method")]),
                field("method"),
            ]),
            arguments: Pick::Field("arguments block"),
            bare: true,
        },
    ),
    Row("argument_list", Becomes::Node(Kind::Args, &[ALL])),
    Row(
        "block do_block",
        Becomes::Flagged(
            Kind::Lambda,
            Flags::BLOCK,
            &[
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                Slot::Either(&[block("body"), Slot::Body(Pick::None)]),
            ],
        ),
    ),
    Row(
        "lambda",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                Slot::Block(Pick::In(&Pick::Field("body"), &Pick::Field("body"))),
            ],
        ),
    ),
    Row("yield", Becomes::Values(Kind::Yield)),
];

const STATEMENTS: &[Row] = &[
    Row("then do block_body else ensure", Becomes::Block),
    Row("empty_statement uninterpreted heredoc_end", Becomes::Skip),
    Row("body_statement begin", Becomes::Guarded(&GUARDS)),
    Row(
        "if elsif if_modifier",
        Becomes::Node(
            Kind::If,
            &[
                field("condition"),
                Slot::Either(&[block("consequence body"), Slot::Body(Pick::None)]),
                Slot::Else(Pick::Field("alternative")),
            ],
        ),
    ),
    Row(
        "unless unless_modifier",
        Becomes::Node(
            Kind::If,
            &[
                Slot::Operated(Kind::Unary, Operator::Not, &[field("condition")]),
                Slot::Either(&[block("consequence body"), Slot::Body(Pick::None)]),
                Slot::Else(Pick::Field("alternative")),
            ],
        ),
    ),
    Row(
        "while while_modifier",
        Becomes::Node(Kind::While, &[field("condition"), block("body"), ABSENT]),
    ),
    Row(
        "until until_modifier",
        Becomes::Node(
            Kind::While,
            &[
                Slot::Operated(Kind::Unary, Operator::Not, &[field("condition")]),
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "for",
        Becomes::Node(
            Kind::ForEach,
            &[field("pattern"), field("value"), block("body"), ABSENT],
        ),
    ),
    Row(
        "case case_match",
        Becomes::Switch {
            subject: Pick::Field("value"),
            cases: Pick::Rest,
        },
    ),
    Row(
        "when in_clause",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Field("pattern")),
                field("guard"),
                Slot::Either(&[block("body"), Slot::Body(Pick::None)]),
            ],
        ),
    ),
    Row(
        "rescue",
        Becomes::Node(
            Kind::Catch,
            &[
                Slot::OneOrTuple(Pick::In(&Pick::Field("exceptions"), &Pick::Rest)),
                field("variable"),
                Slot::Either(&[block("body"), Slot::Body(Pick::None)]),
            ],
        ),
    ),
    Row("return", Becomes::Values(Kind::Return)),
    Row("break", Becomes::Node(Kind::Break, &[ABSENT])),
    Row("next", Becomes::Node(Kind::Continue, &[ABSENT])),
];

const DECLARATIONS: &[Row] = &[
    Row(
        "method",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers(""),
                field("name"),
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "singleton_method",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers("self constant"),
                field("name"),
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "class module",
        Becomes::Class(&[
            Slot::Modifiers(""),
            field("name"),
            Slot::Group(Kind::Supers, Pick::Field("superclass")),
            Slot::OrEmpty(Kind::Block, Pick::Field("body")),
        ]),
    ),
    Row(
        "method_parameters block_parameters lambda_parameters",
        Becomes::Params(Pick::Rest),
    ),
    Row(
        "optional_parameter keyword_parameter",
        Becomes::Node(
            Kind::Param,
            &[Slot::Modifiers(""), field("name"), ABSENT, field("value")],
        ),
    ),
    Row(
        "block_parameter",
        Becomes::Flagged(
            Kind::Param,
            Flags::BLOCK,
            &[Slot::Modifiers(""), field("name"), ABSENT, ABSENT],
        ),
    ),
    Row(
        "splat_parameter",
        Becomes::Marked(
            Kind::Param,
            Operator::Times,
            &[Slot::Modifiers(""), field("name"), ABSENT, ABSENT],
        ),
    ),
    Row(
        "hash_splat_parameter",
        Becomes::Marked(
            Kind::Param,
            Operator::Power,
            &[Slot::Modifiers(""), field("name"), ABSENT, ABSENT],
        ),
    ),
    Row(
        "destructured_parameter",
        Becomes::Node(Kind::Tuple, &[nth(0), ALL]),
    ),
];
