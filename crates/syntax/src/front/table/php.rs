//! PHP: grammar tree-sitter-php, with the text around the code, which is left out.
//!
//! - The name of a variable has its dollar. `->` and `::` make members; a name in a namespace is members of one another.
//! - `echo`, `print`, `include` and their like are calls of these names. `.` is an operator that joins texts.
//! - What a closure uses of the variables around it is a tuple after its body.
//! - An array with keys is a map, one without a list.
//!
//! <https://www.php.net/manual/en/langref.php>

use super::{
    ABSENT, ALL, Becomes, Declare, ESCAPES, Pick, Quotes, REST, Row, Slot, TEXT, Table, block, field, nth,
    typed,
};
use crate::front::escape::Escapes;
use crate::kind::{Kind, Operator};

pub(super) static TABLE: Table = Table {
    rows: &[LEAVES, EXPRESSIONS, CALLS, STATEMENTS, DECLARATIONS],
    tokens: &[],
};

const MODIFIERS: &str = "visibility_modifier static_modifier abstract_modifier final_modifier readonly_modifier var_modifier \
    attribute_list";

/// <https://www.php.net/manual/en/language.types.string.php>
const SINGLE: Quotes = Quotes {
    escapes: Some(Escapes {
        bell: false,
        octal: 0,
        hexadecimal: false,
        unicode: false,
        braces: false,
        long: false,
        joins_lines: false,
        keeps_unknown: true,
    }),
    ..TEXT
};
const DOUBLE: Quotes = Quotes {
    escapes: Some(Escapes {
        bell: true,
        unicode: false,
        long: false,
        joins_lines: false,
        keeps_unknown: true,
        ..ESCAPES
    }),
    ..TEXT
};

const LEAVES: &[Row] = &[
    Row(
        "name variable_name cast_type relative_scope",
        Becomes::Leaf(Kind::Name),
    ),
    Row("integer float", Becomes::Number),
    Row("boolean", Becomes::Truth),
    Row("null", Becomes::Word(Kind::Null, "null")),
    Row("string", Becomes::Text(&SINGLE)),
    Row("encapsed_string heredoc_body", Becomes::Text(&DOUBLE)),
    Row("nowdoc_body", Becomes::Text(&super::RAW)),
    Row("shell_command_expression", Becomes::TextIn(&DOUBLE)),
    Row("qualified_name relative_name namespace_name", Becomes::Dotted),
    Row(
        "php_tag text text_interpolation empty_statement heredoc_start heredoc_end nowdoc_start",
        Becomes::Skip,
    ),
    Row(
        "parenthesized_expression named_type optional_type primitive_type by_ref else_clause",
        Becomes::Same,
    ),
];

const EXPRESSIONS: &[Row] = &[
    Row("heredoc nowdoc", Becomes::Only(field("value"))),
    Row("array_creation_expression", Becomes::ListOrMap),
    Row(
        "list_literal match_condition_list",
        Becomes::Node(Kind::List, &[ALL]),
    ),
    Row("array_element_initializer", Becomes::PairOrOne),
    Row("pair", Becomes::Node(Kind::Pair, &[nth(0), nth(1)])),
    Row(
        "variadic_unpacking",
        Becomes::Marked(Kind::Spread, Operator::Times, &[REST]),
    ),
    Row("binary_expression", Becomes::Binary),
    Row(
        "unary_op_expression update_expression error_suppression_expression",
        Becomes::Unary,
    ),
    Row(
        "assignment_expression augmented_assignment_expression reference_assignment_expression",
        Becomes::Assign,
    ),
    Row(
        "conditional_expression",
        Becomes::Node(
            Kind::Conditional,
            &[field("condition"), field("body"), field("alternative")],
        ),
    ),
    Row(
        "cast_expression",
        Becomes::Node(Kind::Cast, &[typed("type"), field("value")]),
    ),
    Row(
        "member_access_expression nullsafe_member_access_expression",
        Becomes::Node(Kind::Member, &[field("object"), field("name")]),
    ),
    Row(
        "scoped_property_access_expression",
        Becomes::Node(Kind::Member, &[field("scope"), field("name")]),
    ),
    Row(
        "class_constant_access_expression",
        Becomes::Node(Kind::Member, &[nth(0), nth(1)]),
    ),
    Row(
        "subscript_expression",
        Becomes::Node(Kind::Index, &[nth(0), nth(1)]),
    ),
    Row("sequence_expression", Becomes::Node(Kind::Tuple, &[ALL])),
    Row("throw_expression", Becomes::Node(Kind::Throw, &[REST, ABSENT])),
    Row("yield_expression", Becomes::Values(Kind::Yield)),
];

const CALLS: &[Row] = &[
    Row(
        "function_call_expression",
        Becomes::Call {
            callee: field("function"),
            arguments: Pick::Field("arguments"),
            bare: false,
        },
    ),
    Row(
        "member_call_expression nullsafe_member_call_expression scoped_call_expression",
        Becomes::Call {
            callee: Slot::Nested(Kind::Member, &[field("object scope"), field("name")]),
            arguments: Pick::Field("arguments"),
            bare: false,
        },
    ),
    Row(
        "object_creation_expression",
        Becomes::Node(
            Kind::New,
            &[
                Slot::One(Pick::Kind(
                    "name qualified_name variable_name dynamic_variable_name member_access_expression \
                     parenthesized_expression relative_name relative_scope anonymous_class",
                )),
                Slot::OrEmpty(Kind::Args, Pick::Kind("arguments")),
                ABSENT,
            ],
        ),
    ),
    Row("arguments", Becomes::Node(Kind::Args, &[ALL])),
    Row(
        "argument",
        Becomes::Argument {
            name: Pick::Field("name"),
            value: Pick::Rest,
        },
    ),
    Row(
        "echo_statement print_intrinsic include_expression include_once_expression require_expression \
         require_once_expression exit_statement unset_statement clone_expression",
        Becomes::WordCall,
    ),
    Row(
        "anonymous_function arrow_function",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                typed("return_type"),
                field("body"),
                Slot::Nested(
                    Kind::Tuple,
                    &[Slot::All(Pick::In(
                        &Pick::Kind("anonymous_function_use_clause"),
                        &Pick::Rest,
                    ))],
                ),
            ],
        ),
    ),
];

const STATEMENTS: &[Row] = &[
    Row(
        "compound_statement colon_block declaration_list enum_declaration_list",
        Becomes::Block,
    ),
    Row("expression_statement", Becomes::Node(Kind::Expression, &[REST])),
    Row(
        "if_statement else_if_clause",
        Becomes::Node(
            Kind::If,
            &[
                field("condition"),
                block("body"),
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
                Slot::Body(Pick::Field("initialize")),
                field("condition"),
                Slot::Body(Pick::Field("update")),
                Slot::Body(Pick::Field("body")),
            ],
        ),
    ),
    Row(
        "foreach_statement",
        Becomes::Node(Kind::ForEach, &[nth(1), nth(0), block("body"), ABSENT]),
    ),
    Row(
        "switch_statement match_expression",
        Becomes::Switch {
            subject: Pick::Field("condition"),
            cases: Pick::In(&Pick::Field("body"), &Pick::Rest),
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
        "default_statement",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::None),
                ABSENT,
                Slot::Body(Pick::Rest),
            ],
        ),
    ),
    Row(
        "match_conditional_expression match_default_expression",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Field("conditional_expressions")),
                ABSENT,
                block("return_expression"),
            ],
        ),
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
                Slot::Block(Pick::In(&Pick::Kind("finally_clause"), &Pick::Field("body"))),
            ],
        ),
    ),
    Row(
        "catch_clause",
        Becomes::Node(Kind::Catch, &[typed("type"), field("name"), block("body")]),
    ),
    Row("type_list", Becomes::Node(Kind::Tuple, &[ALL])),
    Row("return_statement", Becomes::Values(Kind::Return)),
    Row("break_statement", Becomes::Node(Kind::Break, &[REST])),
    Row("continue_statement", Becomes::Node(Kind::Continue, &[REST])),
    Row("global_declaration", Becomes::Node(Kind::Global, &[ALL])),
];

const PROPERTIES: Declare = Declare {
    modifiers: MODIFIERS,
    typed: Pick::Field("type"),
    each: Pick::Kind("property_element static_variable_declaration"),
    target: Pick::Field("name"),
    value: Pick::Field("default_value value"),
};
const CONSTANTS: Declare = Declare {
    modifiers: "visibility_modifier final_modifier const",
    typed: Pick::Field("type"),
    each: Pick::Kind("const_element"),
    target: Pick::Nth(0),
    value: Pick::Nth(1),
};

const DECLARATIONS: &[Row] = &[
    Row("namespace_use_declaration", Becomes::Imports),
    Row("namespace_definition", Becomes::Namespace),
    Row(
        "property_declaration function_static_declaration",
        Becomes::Declare(&PROPERTIES),
    ),
    Row("const_declaration", Becomes::Declare(&CONSTANTS)),
    Row(
        "function_definition method_declaration",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name"),
                field("parameters"),
                typed("return_type"),
                block("body"),
                ABSENT,
            ],
        ),
    ),
    Row("formal_parameters", Becomes::Params(Pick::Rest)),
    Row(
        "simple_parameter property_promotion_parameter",
        Becomes::Node(
            Kind::Param,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name"),
                typed("type"),
                field("default_value"),
            ],
        ),
    ),
    Row(
        "variadic_parameter",
        Becomes::Marked(
            Kind::Param,
            Operator::Times,
            &[Slot::Modifiers(MODIFIERS), field("name"), typed("type"), ABSENT],
        ),
    ),
    Row(
        "class_declaration interface_declaration trait_declaration enum_declaration anonymous_class",
        Becomes::Class(&[
            Slot::Modifiers(MODIFIERS),
            field("name"),
            Slot::Group(Kind::Supers, Pick::Kind("base_clause class_interface_clause")),
            Slot::OrEmpty(Kind::Block, Pick::Field("body")),
        ]),
    ),
    Row(
        "base_clause class_interface_clause",
        Becomes::Node(Kind::Supers, &[ALL]),
    ),
    Row(
        "enum_case",
        Becomes::Node(
            Kind::Variable,
            &[Slot::Modifiers(""), field("name"), ABSENT, field("value")],
        ),
    ),
    Row(
        "attribute_list attribute_group",
        Becomes::Only(Slot::Group(Kind::Modifiers, Pick::Rest)),
    ),
    Row(
        "attribute",
        Becomes::Annotated {
            name: Pick::Nth(0),
            arguments: Pick::Field("parameters"),
        },
    ),
];
