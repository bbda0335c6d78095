//! Kotlin: grammar tree-sitter-kotlin-ng.
//!
//! - `val` and `var` are modifiers of a variable. A lambda after the parentheses of a call is its last argument.
//! - Creation of an object is a call, as it is written. The parameters of the constructor of a class are the first of its body.
//! - Getters and setters of a property, and values that a function takes by default, are left out.
//!
//! <https://kotlinlang.org/docs/reference/grammar.html>

use super::{
    ABSENT, ALL, Becomes, ESCAPES, Pick, Quotes, RAW, REST, Row, Slot, TEXT, Table, field, kind, nth, typed,
};
use crate::front::escape::Escapes;
use crate::kind::{Kind, Operator};

pub(super) static TABLE: Table = Table {
    rows: &[LEAVES, EXPRESSIONS, CALLS, STATEMENTS, DECLARATIONS],
    tokens: &[],
};

const TYPES: &str = "user_type nullable_type function_type parenthesized_type non_nullable_type";

/// <https://kotlinlang.org/docs/characters.html>
const STRING: Quotes = Quotes {
    escapes: Some(Escapes {
        bell: false,
        octal: 0,
        hexadecimal: false,
        braces: false,
        long: false,
        joins_lines: false,
        ..ESCAPES
    }),
    dollar: true,
    ..TEXT
};
const LINES: Quotes = Quotes { dollar: true, ..RAW };

const LEAVES: &[Row] = &[
    Row("identifier label", Becomes::NameOrWord),
    Row("qualified_identifier", Becomes::Dotted),
    Row("number_literal float_literal", Becomes::Number),
    Row("string_literal character_literal", Becomes::Text(&STRING)),
    Row("multiline_string_literal", Becomes::Text(&LINES)),
    Row("this_expression", Becomes::Leaf(Kind::This)),
    Row("super_expression", Becomes::Leaf(Kind::Super)),
    Row("user_type", Becomes::UserType),
    Row(
        "nullable_type parenthesized_type non_nullable_type interpolation parenthesized_expression annotated_lambda \
         function_body finally_block when_subject range_test type_test type_projection delegation_specifier \
         property_delegate annotated_expression parameter_modifiers",
        Becomes::Same,
    ),
    Row("shebang", Becomes::Skip),
];

const EXPRESSIONS: &[Row] = &[
    Row(
        "navigation_expression",
        Becomes::Node(Kind::Member, &[nth(0), nth(1)]),
    ),
    Row(
        "index_expression",
        Becomes::Node(Kind::Index, &[nth(0), Slot::OneOrTuple(Pick::Rest)]),
    ),
    Row("binary_expression in_expression", Becomes::Binary),
    Row("infix_expression", Becomes::Infix),
    Row("range_expression", Becomes::Named("range_expression", &[ALL])),
    Row("unary_expression", Becomes::Unary),
    Row(
        "spread_expression",
        Becomes::Marked(Kind::Spread, Operator::Times, &[REST]),
    ),
    Row(
        "as_expression",
        Becomes::Node(Kind::Cast, &[typed("right"), field("left")]),
    ),
    Row(
        "is_expression",
        Becomes::Node(Kind::TypeTest, &[field("left"), typed("right"), ABSENT]),
    ),
    Row("assignment", Becomes::Assign),
    Row("collection_literal", Becomes::Node(Kind::List, &[ALL])),
    Row(
        "callable_reference",
        Becomes::Node(Kind::MethodReference, &[nth(0), nth(1)]),
    ),
    Row(
        "labeled_expression",
        Becomes::Node(Kind::Labelled, &[nth(0), nth(1)]),
    ),
    Row(
        "lambda_literal",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::OrEmpty(Kind::Params, Pick::Kind("lambda_parameters")),
                ABSENT,
                Slot::Body(Pick::Rest),
            ],
        ),
    ),
    Row(
        "anonymous_function",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::OrEmpty(Kind::Params, Pick::Kind("function_value_parameters")),
                Slot::Type(Pick::Kind(TYPES)),
                kind("function_body"),
            ],
        ),
    ),
    Row(
        "object_literal",
        Becomes::Node(
            Kind::New,
            &[
                Slot::OneOrTuple(Pick::Kind("delegation_specifiers")),
                Slot::OrEmpty(Kind::Args, Pick::None),
                kind("class_body"),
            ],
        ),
    ),
];

const CALLS: &[Row] = &[
    Row(
        "call_expression",
        Becomes::Call {
            callee: nth(0),
            arguments: Pick::Kind("value_arguments annotated_lambda"),
            bare: false,
        },
    ),
    Row(
        "constructor_invocation",
        Becomes::Call {
            callee: nth(0),
            arguments: Pick::Kind("value_arguments"),
            bare: true,
        },
    ),
    Row("value_arguments", Becomes::Node(Kind::Args, &[ALL])),
    Row("value_argument", Becomes::NamedArgument),
];

const STATEMENTS: &[Row] = &[
    Row("block class_body enum_class_body", Becomes::Block),
    Row(
        "if_expression",
        Becomes::Node(
            Kind::If,
            &[
                field("condition"),
                Slot::Block(Pick::Rest),
                Slot::Else(Pick::Rest),
            ],
        ),
    ),
    Row(
        "while_statement",
        Becomes::Node(
            Kind::While,
            &[field("condition"), Slot::Block(Pick::Rest), ABSENT],
        ),
    ),
    Row(
        "do_while_statement",
        Becomes::Node(
            Kind::DoWhile,
            &[Slot::Block(Pick::Kind("block")), field("condition")],
        ),
    ),
    Row(
        "for_statement",
        Becomes::Node(
            Kind::ForEach,
            &[
                kind("variable_declaration multi_variable_declaration"),
                REST,
                Slot::Block(Pick::Rest),
                ABSENT,
            ],
        ),
    ),
    Row(
        "when_expression",
        Becomes::Switch {
            subject: Pick::Kind("when_subject"),
            cases: Pick::Kind("when_entry"),
        },
    ),
    Row(
        "when_entry",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Field("condition")),
                ABSENT,
                Slot::Block(Pick::Rest),
            ],
        ),
    ),
    Row(
        "try_expression",
        Becomes::Node(
            Kind::Try,
            &[
                ABSENT,
                Slot::Block(Pick::Kind("block")),
                Slot::Group(Kind::Catches, Pick::Kind("catch_block")),
                ABSENT,
                Slot::Block(Pick::In(&Pick::Kind("finally_block"), &Pick::Kind("block"))),
            ],
        ),
    ),
    Row(
        "catch_block",
        Becomes::Node(
            Kind::Catch,
            &[
                Slot::Type(Pick::Kind(TYPES)),
                kind("identifier"),
                Slot::Block(Pick::Kind("block")),
            ],
        ),
    ),
    Row("return_expression", Becomes::Values(Kind::Return)),
    Row("throw_expression", Becomes::Node(Kind::Throw, &[REST, ABSENT])),
];

const DECLARATIONS: &[Row] = &[
    Row(
        "import",
        Becomes::Node(
            Kind::Import,
            &[Slot::Path(Pick::Kind("qualified_identifier")), kind("identifier")],
        ),
    ),
    Row(
        "package_header",
        Becomes::Node(Kind::Package, &[Slot::Path(Pick::Kind("qualified_identifier"))]),
    ),
    Row(
        "property_declaration",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers("modifiers val var"),
                Slot::Either(&[
                    Slot::One(Pick::In(
                        &Pick::Kind("variable_declaration"),
                        &Pick::Kind("identifier"),
                    )),
                    kind("multi_variable_declaration"),
                ]),
                Slot::Type(Pick::In(&Pick::Kind("variable_declaration"), &Pick::Kind(TYPES))),
                Slot::One(Pick::Value),
            ],
        ),
    ),
    Row("variable_declaration", Becomes::Only(kind("identifier"))),
    Row("multi_variable_declaration", Becomes::Node(Kind::Tuple, &[ALL])),
    Row(
        "function_declaration",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers("modifiers"),
                field("name"),
                Slot::OrEmpty(Kind::Params, Pick::Kind("function_value_parameters")),
                Slot::Type(Pick::After("function_value_parameters", TYPES)),
                kind("function_body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "function_value_parameters",
        Becomes::Params(Pick::Kind("parameter")),
    ),
    Row("lambda_parameters class_parameters", Becomes::Params(Pick::Rest)),
    Row(
        "parameter class_parameter",
        Becomes::Node(
            Kind::Param,
            &[
                Slot::Modifiers("modifiers val var"),
                kind("identifier"),
                Slot::Type(Pick::Kind(TYPES)),
                REST,
            ],
        ),
    ),
    Row(
        "class_declaration object_declaration companion_object",
        Becomes::Class(&[
            Slot::Modifiers("modifiers companion object"),
            field("name"),
            Slot::Group(Kind::Supers, Pick::Kind("delegation_specifiers")),
            Slot::Members(
                Pick::In(
                    &Pick::Kind("primary_constructor"),
                    &Pick::Kind("class_parameters"),
                ),
                Pick::Kind("class_body enum_class_body"),
            ),
        ]),
    ),
    Row("delegation_specifiers", Becomes::Node(Kind::Supers, &[ALL])),
    Row(
        "secondary_constructor",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers("modifiers"),
                ABSENT,
                Slot::OrEmpty(Kind::Params, Pick::Kind("function_value_parameters")),
                ABSENT,
                Slot::Block(Pick::Kind("block")),
                ABSENT,
            ],
        ),
    ),
    Row("anonymous_initializer", Becomes::Same),
    Row(
        "enum_entry",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers("modifiers"),
                kind("identifier"),
                ABSENT,
                kind("value_arguments"),
            ],
        ),
    ),
    Row("modifiers", Becomes::Node(Kind::Modifiers, &[ALL])),
    Row(
        "class_modifier function_modifier inheritance_modifier member_modifier parameter_modifier platform_modifier \
         property_modifier visibility_modifier reification_modifier variance_modifier",
        Becomes::Leaf(Kind::Name),
    ),
    Row(
        "annotation file_annotation",
        Becomes::Node(Kind::Annotation, &[kind("constructor_invocation user_type")]),
    ),
];
