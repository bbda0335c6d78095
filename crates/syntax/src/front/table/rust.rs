//! Rust: grammar tree-sitter-rust.
//!
//! - A path is members of one another. A macro is a call with what its brackets hold as arguments, which the grammar does not read further.
//! - `let` is no modifier, `mut` is one. `else` of a `let` is left out, as are the arguments for types of a call.
//! - `impl T for U` is a class by the name of `U` that derives from `T`. Attributes stand before what they are of, as an `Other`.
//!
//! <https://doc.rust-lang.org/reference/>

use super::{
    ABSENT, ALL, Becomes, ESCAPES, Pick, Quotes, RAW, REST, Row, Slot, TEXT, Table, block, field, nth, typed,
};
use crate::front::escape::Escapes;
use crate::kind::{Kind, Operator};

pub(super) static TABLE: Table = Table {
    rows: &[LEAVES, TYPES, EXPRESSIONS, CALLS, STATEMENTS, DECLARATIONS],
    tokens: &[Row("_", Becomes::Leaf(Kind::Name))],
};

/// <https://doc.rust-lang.org/reference/tokens.html#character-and-string-literals>
const STRING: Quotes = Quotes {
    escapes: Some(Escapes {
        bell: false,
        octal: 0,
        unicode: false,
        long: false,
        ..ESCAPES
    }),
    ..TEXT
};

const LEAVES: &[Row] = &[
    Row(
        "identifier field_identifier type_identifier shorthand_field_identifier primitive_type metavariable crate \
         mutable_specifier never_type visibility_modifier lifetime remaining_field_pattern",
        Becomes::Leaf(Kind::Name),
    ),
    Row("self", Becomes::Leaf(Kind::This)),
    Row("super", Becomes::Leaf(Kind::Super)),
    Row("integer_literal float_literal", Becomes::Number),
    Row("boolean_literal", Becomes::Truth),
    Row("string_literal char_literal", Becomes::Text(&STRING)),
    Row("raw_string_literal", Becomes::Text(&RAW)),
    Row(
        "scoped_identifier scoped_type_identifier",
        Becomes::Node(Kind::Member, &[field("path"), field("name")]),
    ),
    Row(
        "parenthesized_expression bracketed_type label const_block",
        Becomes::Same,
    ),
];

const TYPES: &[Row] = &[
    Row("generic_type generic_type_with_turbofish", Becomes::Generic),
    Row(
        "reference_type",
        Becomes::Marked(Kind::ArrayType, Operator::AddressOf, &[field("type")]),
    ),
    Row(
        "pointer_type",
        Becomes::Marked(Kind::ArrayType, Operator::Dereference, &[field("type")]),
    ),
    Row("array_type", Becomes::Node(Kind::ArrayType, &[field("element")])),
    Row("tuple_type", Becomes::Node(Kind::Tuple, &[ALL])),
];

/// What stands for nothing in a pattern has a place in it all the same.
const PARTS: Slot = Slot::All(Pick::With("_"));

const EXPRESSIONS: &[Row] = &[
    Row(
        "field_expression",
        Becomes::Node(Kind::Member, &[field("value"), field("field")]),
    ),
    Row("index_expression", Becomes::Node(Kind::Index, &[nth(0), nth(1)])),
    Row(
        "array_expression slice_pattern",
        Becomes::Node(Kind::List, &[PARTS]),
    ),
    Row(
        "tuple_expression tuple_pattern unit_expression",
        Becomes::Node(Kind::Tuple, &[PARTS]),
    ),
    Row("or_pattern", Becomes::Node(Kind::Patterns, &[ALL])),
    Row(
        "struct_expression",
        Becomes::Node(
            Kind::Composite,
            &[
                field("name"),
                Slot::All(Pick::In(&Pick::Field("body"), &Pick::Rest)),
            ],
        ),
    ),
    Row(
        "field_initializer",
        Becomes::Node(Kind::Pair, &[field("field"), field("value")]),
    ),
    Row("shorthand_field_initializer", Becomes::Same),
    Row(
        "base_field_initializer",
        Becomes::Marked(Kind::Spread, Operator::Times, &[REST]),
    ),
    Row("binary_expression", Becomes::Binary),
    Row("unary_expression negative_literal", Becomes::Unary),
    Row(
        "reference_expression",
        Becomes::Marked(Kind::Unary, Operator::AddressOf, &[field("value")]),
    ),
    Row("assignment_expression compound_assignment_expr", Becomes::Assign),
    Row(
        "type_cast_expression",
        Becomes::Node(Kind::Cast, &[typed("type"), field("value")]),
    ),
    Row("await_expression", Becomes::Node(Kind::Await, &[REST])),
    Row("try_expression", Becomes::Named("try_expression", &[REST])),
    Row(
        "let_condition",
        Becomes::Named("let_condition", &[field("pattern"), field("value")]),
    ),
    Row("range_expression", Becomes::Named("range_expression", &[ALL])),
    Row(
        "closure_expression",
        Becomes::Node(
            Kind::Lambda,
            &[field("parameters"), typed("return_type"), field("body")],
        ),
    ),
];

const CALLS: &[Row] = &[
    Row(
        "call_expression",
        Becomes::Call {
            callee: field("function"),
            arguments: Pick::Field("arguments"),
            bare: false,
        },
    ),
    Row("mut_pattern", Becomes::Only(nth(1))),
    Row("generic_function", Becomes::Only(field("function"))),
    Row(
        "tuple_struct_pattern",
        Becomes::Node(
            Kind::Call,
            &[field("type"), Slot::Group(Kind::Args, Pick::With("_"))],
        ),
    ),
    Row("arguments", Becomes::Node(Kind::Args, &[ALL])),
    Row(
        "macro_invocation",
        Becomes::Node(
            Kind::Call,
            &[
                field("macro"),
                Slot::Group(Kind::Args, Pick::In(&Pick::Kind("token_tree"), &Pick::Rest)),
            ],
        ),
    ),
    Row("token_tree", Becomes::Node(Kind::Tuple, &[ALL])),
];

const STATEMENTS: &[Row] = &[
    Row(
        "block declaration_list field_declaration_list enum_variant_list",
        Becomes::Block,
    ),
    Row("empty_statement shebang", Becomes::Skip),
    Row("expression_statement", Becomes::Statement),
    Row(
        "unsafe_block",
        Becomes::Named("unsafe_block", &[Slot::Block(Pick::Nth(0))]),
    ),
    Row(
        "async_block",
        Becomes::Named("async_block", &[Slot::Block(Pick::Rest)]),
    ),
    Row(
        "let_declaration",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers("mutable_specifier"),
                field("pattern"),
                typed("type"),
                field("value"),
            ],
        ),
    ),
    Row(
        "if_expression",
        Becomes::Node(
            Kind::If,
            &[
                field("condition"),
                block("consequence"),
                Slot::Else(Pick::Field("alternative")),
            ],
        ),
    ),
    Row("else_clause", Becomes::Same),
    Row(
        "match_expression",
        Becomes::Switch {
            subject: Pick::Field("value"),
            cases: Pick::In(&Pick::Field("body"), &Pick::Kind("match_arm")),
        },
    ),
    Row(
        "match_arm",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::In(&Pick::Field("pattern"), &Pick::Nth(0))),
                Slot::One(Pick::In(&Pick::Field("pattern"), &Pick::Field("condition"))),
                block("value"),
            ],
        ),
    ),
    Row(
        "while_expression",
        Becomes::Node(Kind::While, &[field("condition"), block("body"), ABSENT]),
    ),
    Row(
        "loop_expression",
        Becomes::Node(Kind::While, &[ABSENT, block("body"), ABSENT]),
    ),
    Row(
        "for_expression",
        Becomes::Node(
            Kind::ForEach,
            &[field("pattern"), field("value"), block("body"), ABSENT],
        ),
    ),
    Row("return_expression", Becomes::Values(Kind::Return)),
    Row("yield_expression", Becomes::Values(Kind::Yield)),
    Row("break_expression", Becomes::Node(Kind::Break, &[REST])),
    Row("continue_expression", Becomes::Node(Kind::Continue, &[REST])),
];

const DECLARATIONS: &[Row] = &[
    Row("use_declaration", Becomes::Imports),
    Row(
        "function_item function_signature_item",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers("visibility_modifier function_modifiers"),
                field("name"),
                field("parameters"),
                typed("return_type"),
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row("parameters closure_parameters", Becomes::Params(Pick::Rest)),
    Row(
        "parameter",
        Becomes::Node(
            Kind::Param,
            &[
                Slot::Modifiers("mutable_specifier"),
                field("pattern"),
                typed("type"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "self_parameter",
        Becomes::Node(
            Kind::Param,
            &[
                Slot::Modifiers("mutable_specifier lifetime"),
                Slot::One(Pick::Kind("self")),
                ABSENT,
                ABSENT,
            ],
        ),
    ),
    Row(
        "struct_item enum_item trait_item union_item mod_item",
        Becomes::Class(&[
            Slot::Modifiers("visibility_modifier"),
            field("name"),
            Slot::Group(Kind::Supers, Pick::None),
            Slot::OrEmpty(Kind::Block, Pick::Field("body")),
        ]),
    ),
    Row(
        "impl_item",
        Becomes::Class(&[
            Slot::Modifiers(""),
            field("type"),
            Slot::Group(Kind::Supers, Pick::Field("trait")),
            Slot::OrEmpty(Kind::Block, Pick::Field("body")),
        ]),
    ),
    Row("ordered_field_declaration_list", Becomes::Block),
    Row(
        "field_declaration const_item static_item",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers("visibility_modifier mutable_specifier const static"),
                field("name"),
                typed("type"),
                field("value"),
            ],
        ),
    ),
    Row(
        "enum_variant",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers("visibility_modifier"),
                field("name"),
                ABSENT,
                field("value body"),
            ],
        ),
    ),
];
