//! Scala: grammar tree-sitter-scala.
//!
//! - `val` and `var` are modifiers of a variable. Several lists of parameters are one. The parameters of a class are the first of its body.
//! - What a call has in braces is an argument: a block, or the cases of one. A text with a name before it is a call of that name.
//! - `a b c` with a name for `b` is an operator of that name, `a b` a member.
//!
//! <https://docs.scala-lang.org/scala3/reference/>

use super::{
    ABSENT, ALL, Becomes, ESCAPES, Pick, Quotes, REST, Row, Slot, TEXT, Table, block, field, kind, nth, typed,
};
use crate::front::escape::Escapes;
use crate::kind::{Kind, Operator};

pub(super) static TABLE: Table = Table {
    rows: &[LEAVES, EXPRESSIONS, CALLS, STATEMENTS, DECLARATIONS],
    tokens: &[],
};

/// <https://docs.scala-lang.org/scala3/reference/syntax.html>
const STRING: Quotes = Quotes {
    escapes: Some(Escapes {
        bell: false,
        octal: 0,
        hexadecimal: false,
        braces: false,
        long: false,
        joins_lines: false,
        keeps_unknown: true,
        ..ESCAPES
    }),
    ..TEXT
};
const INTERPOLATED: Quotes = Quotes {
    template: true,
    ..STRING
};

/// Words before a declaration.
const WORDS: &str = "access_modifier inline_modifier infix_modifier into_modifier open_modifier transparent_modifier abstract final \
    sealed implicit lazy override private protected";

const LEAVES: &[Row] = &[
    Row(
        "identifier operator_identifier type_identifier wildcard",
        Becomes::NameOrWord,
    ),
    Row(
        "stable_identifier stable_type_identifier package_identifier",
        Becomes::Dotted,
    ),
    Row("integer_literal floating_point_literal", Becomes::Number),
    Row("boolean_literal", Becomes::Truth),
    Row("null_literal", Becomes::Leaf(Kind::Null)),
    Row("string character_literal", Becomes::Text(&STRING)),
    Row("interpolated_string", Becomes::Text(&INTERPOLATED)),
    Row("generic_type", Becomes::Generic),
    Row("tuple_type", Becomes::Node(Kind::Tuple, &[ALL])),
    Row(
        "parenthesized_expression interpolation annotated_type singleton_type applied_constructor_type vararg \
         lazy_parameter_type repeated_parameter_type finally_clause guard",
        Becomes::Same,
    ),
];

const EXPRESSIONS: &[Row] = &[
    Row(
        "field_expression",
        Becomes::Node(Kind::Member, &[field("value"), field("field")]),
    ),
    Row(
        "postfix_expression",
        Becomes::Node(Kind::Member, &[nth(0), nth(1)]),
    ),
    Row("infix_expression", Becomes::Binary),
    Row("prefix_expression", Becomes::Unary),
    Row("assignment_expression", Becomes::Assign),
    Row(
        "ascription_expression",
        Becomes::Node(Kind::Cast, &[typed("type"), REST]),
    ),
    Row(
        "tuple_expression tuple_pattern unit",
        Becomes::Node(Kind::Tuple, &[ALL]),
    ),
    Row(
        "typed_pattern",
        Becomes::Node(Kind::Cast, &[typed("type"), field("pattern")]),
    ),
    Row("method_value", Becomes::Same),
    Row(
        "binding",
        Becomes::Node(
            Kind::Param,
            &[Slot::Modifiers(""), field("name"), typed("type"), ABSENT],
        ),
    ),
    Row("bindings", Becomes::Params(Pick::Rest)),
    Row(
        "lambda_expression",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::Group(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                Slot::Body(Pick::Rest),
            ],
        ),
    ),
    Row(
        "case_block indented_cases",
        Becomes::Node(Kind::Switch, &[ABSENT, ALL]),
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
    Row("arguments", Becomes::Node(Kind::Args, &[ALL])),
    Row("colon_argument", Becomes::Same),
    Row("generic_function", Becomes::Only(field("function"))),
    Row(
        "interpolated_string_expression",
        Becomes::Node(
            Kind::Call,
            &[field("interpolator"), Slot::Group(Kind::Args, Pick::Rest)],
        ),
    ),
    Row(
        "instance_expression",
        Becomes::Node(
            Kind::New,
            &[
                nth(0),
                Slot::Group(Kind::Args, Pick::Field("arguments")),
                kind("template_body"),
            ],
        ),
    ),
];

const STATEMENTS: &[Row] = &[
    Row(
        "block indented_block template_body with_template_body enum_body",
        Becomes::Block,
    ),
    Row("end_marker using_directive", Becomes::Skip),
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
    Row(
        "while_expression",
        Becomes::Node(Kind::While, &[field("condition"), block("body"), ABSENT]),
    ),
    Row(
        "do_while_expression",
        Becomes::Node(Kind::DoWhile, &[block("body"), field("condition")]),
    ),
    Row(
        "match_expression",
        Becomes::Switch {
            subject: Pick::Field("value"),
            cases: Pick::In(&Pick::Field("body"), &Pick::Rest),
        },
    ),
    Row(
        "case_clause",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Field("pattern")),
                kind("guard"),
                Slot::Body(Pick::Field("body")),
            ],
        ),
    ),
    Row(
        "try_expression",
        Becomes::Node(
            Kind::Try,
            &[
                ABSENT,
                block("body"),
                Slot::Group(Kind::Catches, Pick::Kind("catch_clause")),
                ABSENT,
                Slot::Block(Pick::In(&Pick::Kind("finally_clause"), &Pick::Nth(0))),
            ],
        ),
    ),
    Row(
        "catch_clause",
        Becomes::Node(Kind::Catch, &[ABSENT, ABSENT, Slot::Body(Pick::Rest)]),
    ),
    Row("return_expression", Becomes::Values(Kind::Return)),
    Row("throw_expression", Becomes::Node(Kind::Throw, &[REST, ABSENT])),
];

const DECLARATIONS: &[Row] = &[
    Row("import_declaration", Becomes::Imports),
    Row("package_clause", Becomes::Namespace),
    Row(
        "val_definition var_definition val_declaration var_declaration",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers("modifiers annotation val var"),
                field("pattern name"),
                typed("type"),
                field("value"),
            ],
        ),
    ),
    Row(
        "function_definition function_declaration",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers("modifiers annotation"),
                field("name"),
                Slot::Group(Kind::Params, Pick::Kind("parameters")),
                typed("return_type"),
                field("body"),
                ABSENT,
            ],
        ),
    ),
    Row("parameters class_parameters", Becomes::Params(Pick::Rest)),
    Row(
        "parameter class_parameter",
        Becomes::Node(
            Kind::Param,
            &[
                Slot::Modifiers("modifiers annotation val var inline_modifier"),
                field("name"),
                typed("type"),
                field("default_value"),
            ],
        ),
    ),
    Row(
        "class_definition object_definition trait_definition enum_definition package_object",
        Becomes::Class(&[
            Slot::Modifiers("modifiers annotation case access_modifier object"),
            field("name"),
            Slot::Group(Kind::Supers, Pick::Field("extend")),
            Slot::Members(Pick::Kind("class_parameters"), Pick::Field("body")),
        ]),
    ),
    Row(
        "extends_clause",
        Becomes::Node(Kind::Supers, &[Slot::All(Pick::Field("type"))]),
    ),
    Row("modifiers access_modifier", Becomes::Only(Slot::Modifiers(WORDS))),
    Row(
        "annotation",
        Becomes::Annotated {
            name: Pick::Field("name"),
            arguments: Pick::Field("arguments"),
        },
    ),
    Row(
        "capture_pattern",
        Becomes::Named("capture_pattern", &[field("name"), field("pattern")]),
    ),
    Row(
        "given_pattern",
        Becomes::Marked(Kind::TypeTest, Operator::None, &[ABSENT, typed("type"), ABSENT]),
    ),
];
