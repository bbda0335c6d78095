//! C and C++: grammars tree-sitter-c and tree-sitter-cpp, the second with what it has beside the first.
//!
//! - `x->y` is a member of what `x` points to, as `(*x).y` is. A type with pointers and arrays is the array types around it, whose operator tells
//!   pointers and references.
//! - A declaration that has parameters is a function without a body. Several variables of one declaration are several statements.
//! - Every branch of `#if` is read; macros are not expanded.
//!
//! <https://en.cppreference.com/w/c/language>

use super::{
    ABSENT, ALL, Becomes, ESCAPES, Pick, Quotes, REST, Row, Slot, TEXT, Table, block, field, nth, typed,
};
use crate::front::escape::Escapes;
use crate::kind::Kind;

#[cfg(feature = "c")]
pub(super) static C: Table = Table {
    rows: &[LEAVES, EXPRESSIONS, CALLS, STATEMENTS, DECLARATIONS],
    tokens: &[],
};

#[cfg(feature = "cpp")]
pub(super) static CPP: Table = Table {
    rows: &[
        LEAVES,
        EXPRESSIONS,
        CALLS,
        STATEMENTS,
        DECLARATIONS,
        CPP_ONLY,
        CPP_DECLARATIONS,
    ],
    tokens: &[],
};

/// <https://en.cppreference.com/w/c/language/escape>
const STRING: Quotes = Quotes {
    escapes: Some(Escapes {
        braces: false,
        ..ESCAPES
    }),
    ..TEXT
};

const LEAVES: &[Row] = &[
    Row(
        "identifier field_identifier type_identifier primitive_type statement_identifier sized_type_specifier \
         namespace_identifier auto type_qualifier storage_class_specifier operator_name",
        Becomes::Leaf(Kind::Name),
    ),
    Row("number_literal", Becomes::Number),
    Row("true", Becomes::Word(Kind::Bool, "true")),
    Row("false", Becomes::Word(Kind::Bool, "false")),
    Row("null", Becomes::Leaf(Kind::Null)),
    Row("string_literal char_literal", Becomes::Text(&STRING)),
    Row("raw_string_literal", Becomes::Text(&super::RAW)),
    Row("concatenated_string", Becomes::Joined),
    Row("type_descriptor", Becomes::DescribedType),
    Row(
        "parenthesized_expression else_clause extension_expression attributed_statement",
        Becomes::Same,
    ),
];

const EXPRESSIONS: &[Row] = &[
    Row("field_expression", Becomes::Reached),
    Row(
        "subscript_expression",
        Becomes::Node(
            Kind::Index,
            &[field("argument"), Slot::OneOrTuple(Pick::Field("index indices"))],
        ),
    ),
    Row("subscript_argument_list", Becomes::Node(Kind::Args, &[ALL])),
    Row(
        "pointer_expression unary_expression update_expression",
        Becomes::Unary,
    ),
    Row("binary_expression", Becomes::Binary),
    Row("assignment_expression", Becomes::Assign),
    Row(
        "cast_expression",
        Becomes::Node(Kind::Cast, &[typed("type"), field("value")]),
    ),
    Row(
        "conditional_expression",
        Becomes::Node(
            Kind::Conditional,
            &[field("condition"), field("consequence"), field("alternative")],
        ),
    ),
    Row(
        "comma_expression",
        Becomes::Node(Kind::Tuple, &[field("left"), field("right")]),
    ),
    Row("initializer_list", Becomes::Node(Kind::List, &[ALL])),
    Row(
        "initializer_pair",
        Becomes::Node(Kind::Pair, &[field("designator"), field("value")]),
    ),
    Row("field_designator subscript_designator", Becomes::Same),
    Row(
        "compound_literal_expression",
        Becomes::Node(
            Kind::Composite,
            &[
                field("type"),
                Slot::All(Pick::In(&Pick::Field("value"), &Pick::Rest)),
            ],
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
    Row("argument_list", Becomes::Node(Kind::Args, &[ALL])),
    Row(
        "sizeof_expression alignof_expression offsetof_expression",
        Becomes::WordCall,
    ),
];

const STATEMENTS: &[Row] = &[
    Row(
        "compound_statement declaration_list field_declaration_list enumerator_list",
        Becomes::Block,
    ),
    Row(
        "preproc_params preproc_arg preproc_directive access_specifier",
        Becomes::Skip,
    ),
    Row(
        "preproc_if preproc_ifdef preproc_else preproc_elif preproc_elifdef linkage_specification template_declaration",
        Becomes::Splice,
    ),
    Row("expression_statement", Becomes::Statement),
    Row(
        "if_statement",
        Becomes::Node(
            Kind::If,
            &[
                field("condition"),
                block("consequence"),
                Slot::Else(Pick::Field("alternative")),
            ],
        ),
    ),
    Row(
        "while_statement",
        Becomes::Node(Kind::While, &[field("condition"), block("body"), ABSENT]),
    ),
    Row(
        "do_statement",
        Becomes::Node(Kind::DoWhile, &[block("body"), field("condition")]),
    ),
    Row(
        "for_statement",
        Becomes::Node(
            Kind::For,
            &[
                Slot::Body(Pick::Field("initializer")),
                field("condition"),
                Slot::Body(Pick::Field("update")),
                block("body"),
            ],
        ),
    ),
    Row(
        "switch_statement",
        Becomes::Switch {
            subject: Pick::Field("condition"),
            cases: Pick::In(&Pick::Field("body"), &Pick::Kind("case_statement")),
        },
    ),
    Row(
        "case_statement",
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
        "labeled_statement",
        Becomes::Node(Kind::Labelled, &[field("label"), REST]),
    ),
    Row(
        "return_statement co_return_statement",
        Becomes::Values(Kind::Return),
    ),
    Row("break_statement", Becomes::Node(Kind::Break, &[ABSENT])),
    Row("continue_statement", Becomes::Node(Kind::Continue, &[ABSENT])),
];

const DECLARATIONS: &[Row] = &[
    Row(
        "preproc_include",
        Becomes::Node(Kind::Import, &[Slot::Path(Pick::Field("path")), ABSENT]),
    ),
    Row("declaration field_declaration", Becomes::Declarators),
    Row("function_definition", Becomes::DeclaredFunction),
    Row("parameter_list", Becomes::Params(Pick::Rest)),
    Row(
        "parameter_declaration optional_parameter_declaration variadic_parameter_declaration",
        Becomes::DeclaredParam,
    ),
    Row(
        "enumerator",
        Becomes::Node(
            Kind::Variable,
            &[Slot::Modifiers(""), field("name"), ABSENT, field("value")],
        ),
    ),
    Row(
        "struct_specifier union_specifier enum_specifier class_specifier",
        Becomes::ClassOrName,
    ),
];

#[cfg(feature = "cpp")]
const CPP_ONLY: &[Row] = &[
    Row("this", Becomes::Leaf(Kind::This)),
    Row(
        "qualified_identifier",
        Becomes::Node(Kind::Member, &[field("scope"), field("name")]),
    ),
    Row(
        "template_function template_type template_method",
        Becomes::Generic,
    ),
    Row(
        "dependent_name dependent_type placeholder_type_specifier decltype init_statement",
        Becomes::Same,
    ),
    Row("condition_clause", Becomes::Only(field("value"))),
    Row("throw_statement", Becomes::Node(Kind::Throw, &[REST, ABSENT])),
    Row(
        "co_await_expression",
        Becomes::Node(Kind::Await, &[field("argument")]),
    ),
    Row("delete_expression", Becomes::Node(Kind::Delete, &[ALL])),
    Row(
        "new_expression",
        Becomes::Node(
            Kind::New,
            &[
                field("type"),
                Slot::OrEmpty(Kind::Args, Pick::Field("arguments")),
                ABSENT,
            ],
        ),
    ),
    Row(
        "lambda_expression",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::OrEmpty(
                    Kind::Params,
                    Pick::In(&Pick::Field("declarator"), &Pick::Field("parameters")),
                ),
                ABSENT,
                block("body"),
            ],
        ),
    ),
    Row(
        "for_range_loop",
        Becomes::Node(
            Kind::ForEach,
            &[
                Slot::Nested(
                    Kind::Variable,
                    &[
                        Slot::Modifiers("type_qualifier"),
                        field("declarator"),
                        typed("type"),
                        ABSENT,
                    ],
                ),
                field("right"),
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row("reference_declarator", Becomes::Same),
];

#[cfg(feature = "cpp")]
const CPP_DECLARATIONS: &[Row] = &[
    Row("namespace_definition", Becomes::Namespace),
    Row("using_declaration", Becomes::Imports),
    Row(
        "base_class_clause",
        Becomes::Only(Slot::Group(Kind::Supers, Pick::Rest)),
    ),
    Row(
        "try_statement",
        Becomes::Node(
            Kind::Try,
            &[
                ABSENT,
                block("body"),
                Slot::Group(Kind::Catches, Pick::Kind("catch_clause")),
                ABSENT,
                ABSENT,
            ],
        ),
    ),
    Row(
        "catch_clause",
        Becomes::Node(
            Kind::Catch,
            &[
                Slot::Type(Pick::In(
                    &Pick::Field("parameters"),
                    &Pick::In(&Pick::Kind("parameter_declaration"), &Pick::Field("type")),
                )),
                ABSENT,
                block("body"),
            ],
        ),
    ),
    Row(
        "alias_declaration",
        Becomes::Named("alias_declaration", &[field("name"), typed("type")]),
    ),
    Row(
        "nested_namespace_specifier",
        Becomes::Node(Kind::Member, &[nth(0), nth(1)]),
    ),
    Row(
        "static_assert_declaration",
        Becomes::Node(Kind::Assert, &[field("condition"), field("message")]),
    ),
    Row("virtual_specifier", Becomes::Leaf(Kind::Name)),
];
