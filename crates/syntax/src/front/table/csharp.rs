//! C#: grammar tree-sitter-c-sharp.
//!
//! - What an object is made with in braces (`new T { A = 1 }`) is the block of its creation; without parentheses there are no arguments.
//! - Attributes are annotations among the modifiers. The accessors of a property are the value of it: a block of functions.
//! - `a?.B` is a member as `a.B` is. `out T x` among arguments is a variable.
//! - Both branches of `#if` are read.
//!
//! <https://learn.microsoft.com/en-us/dotnet/csharp/language-reference/>

use super::{
    ABSENT, ALL, Becomes, Declare, ESCAPES, Pick, Quotes, RAW, REST, Row, Slot, TEXT, Table, block, field,
    kind, nth, typed,
};
use crate::ast::Flags;
use crate::front::escape::Escapes;
use crate::kind::{Kind, Operator};

pub(super) static TABLE: Table = Table {
    rows: &[LEAVES, EXPRESSIONS, CALLS, STATEMENTS, HANDLERS, DECLARATIONS],
    tokens: &[
        Row("this", Becomes::Leaf(Kind::This)),
        Row("base", Becomes::Leaf(Kind::Super)),
        Row("get set init", Becomes::Leaf(Kind::Name)),
    ],
};

const MODIFIERS: &str = "modifier attribute_list";

/// <https://learn.microsoft.com/en-us/dotnet/csharp/programming-guide/strings/#string-escape-sequences>
const STRING: Quotes = Quotes {
    escapes: Some(Escapes {
        octal: 1,
        braces: false,
        joins_lines: false,
        ..ESCAPES
    }),
    ..TEXT
};

const LEAVES: &[Row] = &[
    Row(
        "identifier predefined_type implicit_type implicit_parameter discard",
        Becomes::Leaf(Kind::Name),
    ),
    Row("this", Becomes::Leaf(Kind::This)),
    Row("base", Becomes::Leaf(Kind::Super)),
    Row("integer_literal real_literal", Becomes::Number),
    Row("boolean_literal", Becomes::Truth),
    Row("null_literal", Becomes::Leaf(Kind::Null)),
    Row(
        "string_literal character_literal interpolated_string_expression",
        Becomes::Text(&STRING),
    ),
    Row("verbatim_string_literal raw_string_literal", Becomes::Text(&RAW)),
    Row(
        "qualified_name",
        Becomes::Node(Kind::Member, &[field("qualifier"), field("name")]),
    ),
    Row(
        "alias_qualified_name",
        Becomes::Node(Kind::Member, &[field("alias"), field("name")]),
    ),
    Row("generic_name", Becomes::Generic),
    Row("nullable_type ref_type scoped_type", Becomes::Only(field("type"))),
    Row("array_type", Becomes::Node(Kind::ArrayType, &[field("type")])),
    Row(
        "pointer_type",
        Becomes::Marked(Kind::ArrayType, Operator::Dereference, &[field("type")]),
    ),
    Row(
        "interpolation parenthesized_expression arrow_expression_clause ref_expression checked_expression \
         expression_element constant_pattern type_pattern finally_clause collection_element",
        Becomes::Same,
    ),
];

const EXPRESSIONS: &[Row] = &[
    Row(
        "member_access_expression",
        Becomes::Node(Kind::Member, &[field("expression"), field("name")]),
    ),
    Row("conditional_access_expression", Becomes::Conditioned),
    Row("member_binding_expression", Becomes::Only(field("name"))),
    Row(
        "element_access_expression",
        Becomes::Node(
            Kind::Index,
            &[field("expression"), Slot::OneOrTuple(Pick::Field("subscript"))],
        ),
    ),
    Row("assignment_expression", Becomes::Assign),
    Row("binary_expression", Becomes::Binary),
    Row(
        "prefix_unary_expression postfix_unary_expression unary_expression",
        Becomes::Unary,
    ),
    Row(
        "as_expression",
        Becomes::Node(Kind::Cast, &[typed("right"), field("left")]),
    ),
    Row(
        "is_expression",
        Becomes::Node(Kind::TypeTest, &[field("left"), typed("right"), ABSENT]),
    ),
    Row(
        "cast_expression",
        Becomes::Node(Kind::Cast, &[typed("type"), field("value")]),
    ),
    Row("await_expression", Becomes::Node(Kind::Await, &[REST])),
    Row(
        "throw_expression throw_statement",
        Becomes::Node(Kind::Throw, &[REST, ABSENT]),
    ),
    Row(
        "conditional_expression",
        Becomes::Node(
            Kind::Conditional,
            &[field("condition"), field("consequence"), field("alternative")],
        ),
    ),
    Row(
        "tuple_expression tuple_pattern",
        Becomes::Node(Kind::Tuple, &[ALL]),
    ),
    Row("relational_pattern", Becomes::Compared),
    Row(
        "declaration_pattern var_pattern",
        Becomes::Node(
            Kind::Variable,
            &[Slot::Modifiers(""), field("name"), typed("type"), ABSENT],
        ),
    ),
    Row("collection_expression", Becomes::Node(Kind::List, &[ALL])),
    Row(
        "implicit_array_creation_expression",
        Becomes::Only(Slot::Group(Kind::List, Pick::In(&Pick::Nth(0), &Pick::Rest))),
    ),
    Row(
        "anonymous_object_creation_expression",
        Becomes::Node(Kind::Map, &[ALL]),
    ),
    Row(
        "array_creation_expression",
        Becomes::Node(
            Kind::New,
            &[
                field("type"),
                Slot::OrEmpty(Kind::Args, Pick::None),
                kind("initializer_expression"),
            ],
        ),
    ),
    Row(
        "declaration_expression",
        Becomes::Node(
            Kind::Variable,
            &[Slot::Modifiers(MODIFIERS), field("name"), typed("type"), ABSENT],
        ),
    ),
    Row(
        "lambda_expression",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::Group(Kind::Params, Pick::Field("parameters")),
                typed("type"),
                field("body"),
            ],
        ),
    ),
    Row(
        "anonymous_method_expression",
        Becomes::Node(
            Kind::Lambda,
            &[
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                kind("block"),
            ],
        ),
    ),
];

const CALLS: &[Row] = &[
    Row(
        "invocation_expression",
        Becomes::Call {
            callee: field("function"),
            arguments: Pick::Field("arguments"),
            bare: false,
        },
    ),
    Row(
        "argument_list attribute_argument_list bracketed_argument_list",
        Becomes::Node(Kind::Args, &[ALL]),
    ),
    Row(
        "argument attribute_argument",
        Becomes::Argument {
            name: Pick::Field("name"),
            value: Pick::Rest,
        },
    ),
    Row(
        "object_creation_expression",
        Becomes::Node(
            Kind::New,
            &[
                field("type"),
                Slot::OrEmpty(Kind::Args, Pick::Field("arguments")),
                field("initializer"),
            ],
        ),
    ),
    Row(
        "implicit_object_creation_expression",
        Becomes::Node(
            Kind::New,
            &[
                ABSENT,
                Slot::OrEmpty(Kind::Args, Pick::Kind("argument_list")),
                kind("initializer_expression"),
            ],
        ),
    ),
    Row("initializer_expression", Becomes::Block),
];

const LOCALS: Declare = Declare {
    modifiers: MODIFIERS,
    typed: Pick::In(&Pick::Kind("variable_declaration"), &Pick::Field("type")),
    each: Pick::In(
        &Pick::Kind("variable_declaration"),
        &Pick::Kind("variable_declarator"),
    ),
    target: Pick::Kind("identifier tuple_pattern"),
    value: Pick::Rest,
};
const BARE: Declare = Declare {
    modifiers: MODIFIERS,
    typed: Pick::Field("type"),
    each: Pick::Kind("variable_declarator"),
    target: Pick::Kind("identifier tuple_pattern"),
    value: Pick::Rest,
};

const STATEMENTS: &[Row] = &[
    Row(
        "block declaration_list accessor_list enum_member_declaration_list",
        Becomes::Block,
    ),
    Row("empty_statement shebang_directive", Becomes::Skip),
    Row(
        "global_statement preproc_if preproc_elif preproc_else checked_statement unsafe_statement",
        Becomes::Splice,
    ),
    Row("expression_statement", Becomes::Node(Kind::Expression, &[REST])),
    Row(
        "local_declaration_statement field_declaration event_field_declaration",
        Becomes::Declare(&LOCALS),
    ),
    Row("variable_declaration", Becomes::Declare(&BARE)),
    Row("return_statement", Becomes::Values(Kind::Return)),
    Row("yield_statement", Becomes::Values(Kind::Yield)),
    Row("break_statement", Becomes::Node(Kind::Break, &[ABSENT])),
    Row("continue_statement", Becomes::Node(Kind::Continue, &[ABSENT])),
    Row(
        "labeled_statement",
        Becomes::Node(Kind::Labelled, &[nth(0), nth(1)]),
    ),
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
        "foreach_statement",
        Becomes::Node(
            Kind::ForEach,
            &[
                Slot::Nested(
                    Kind::Variable,
                    &[Slot::Modifiers(""), field("left"), typed("type"), ABSENT],
                ),
                field("right"),
                block("body"),
                ABSENT,
            ],
        ),
    ),
];

const HANDLERS: &[Row] = &[
    Row(
        "switch_statement",
        Becomes::Switch {
            subject: Pick::Field("value"),
            cases: Pick::In(&Pick::Field("body"), &Pick::Rest),
        },
    ),
    Row(
        "switch_section",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Labels),
                kind("when_clause"),
                Slot::Body(Pick::Rest),
            ],
        ),
    ),
    Row(
        "switch_expression",
        Becomes::Switch {
            subject: Pick::Nth(0),
            cases: Pick::Kind("switch_expression_arm"),
        },
    ),
    Row(
        "switch_expression_arm",
        Becomes::Node(
            Kind::Case,
            &[
                Slot::Group(Kind::Patterns, Pick::Nth(0)),
                kind("when_clause"),
                Slot::Body(Pick::Rest),
            ],
        ),
    ),
    Row("when_clause", Becomes::Same),
    Row(
        "try_statement",
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
        Becomes::Node(
            Kind::Catch,
            &[
                Slot::Type(Pick::In(&Pick::Kind("catch_declaration"), &Pick::Field("type"))),
                Slot::One(Pick::In(&Pick::Kind("catch_declaration"), &Pick::Field("name"))),
                block("body"),
            ],
        ),
    ),
    Row(
        "using_statement lock_statement fixed_statement",
        Becomes::Node(
            Kind::With,
            &[
                Slot::Nested(Kind::WithItem, &[nth(0), ABSENT]),
                Slot::Either(&[block("body"), Slot::Block(Pick::Nth(1))]),
            ],
        ),
    ),
];

const DECLARATIONS: &[Row] = &[
    Row("using_directive", Becomes::Imports),
    Row(
        "namespace_declaration file_scoped_namespace_declaration",
        Becomes::Namespace,
    ),
    Row(
        "method_declaration local_function_statement destructor_declaration operator_declaration \
         delegate_declaration conversion_operator_declaration",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name operator"),
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                typed("returns type"),
                field("body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "accessor_declaration",
        Becomes::Flagged(
            Kind::Function,
            Flags::ACCESSOR,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name"),
                Slot::OrEmpty(Kind::Params, Pick::None),
                ABSENT,
                field("body"),
                ABSENT,
            ],
        ),
    ),
    Row(
        "constructor_declaration",
        Becomes::Node(
            Kind::Function,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name"),
                Slot::OrEmpty(Kind::Params, Pick::Field("parameters")),
                ABSENT,
                Slot::Either(&[
                    Slot::Begun(Pick::Kind("constructor_initializer"), Pick::Field("body")),
                    field("body"),
                ]),
                ABSENT,
            ],
        ),
    ),
    Row(
        "constructor_initializer",
        Becomes::Node(
            Kind::Expression,
            &[Slot::Nested(
                Kind::Call,
                &[kind("base this"), kind("argument_list")],
            )],
        ),
    ),
    Row(
        "parameter_list bracketed_parameter_list",
        Becomes::Params(Pick::Rest),
    ),
    Row(
        "parameter",
        Becomes::Node(
            Kind::Param,
            &[Slot::Modifiers(MODIFIERS), field("name"), typed("type"), REST],
        ),
    ),
    Row(
        "class_declaration struct_declaration interface_declaration record_declaration enum_declaration",
        Becomes::Class(&[
            Slot::Modifiers(MODIFIERS),
            field("name"),
            Slot::Group(Kind::Supers, Pick::Kind("base_list")),
            Slot::Either(&[
                Slot::Begun(Pick::Kind("parameter_list"), Pick::Field("body")),
                block("body"),
                Slot::Body(Pick::None),
            ]),
        ]),
    ),
    Row("base_list", Becomes::Node(Kind::Supers, &[ALL])),
    Row(
        "primary_constructor_base_type",
        Becomes::Node(Kind::Call, &[field("type"), kind("argument_list")]),
    ),
    Row(
        "property_declaration event_declaration indexer_declaration",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name"),
                typed("type"),
                Slot::Either(&[field("accessors"), Slot::Body(Pick::Field("value"))]),
            ],
        ),
    ),
    Row(
        "enum_member_declaration",
        Becomes::Node(
            Kind::Variable,
            &[
                Slot::Modifiers(MODIFIERS),
                field("name"),
                typed("type"),
                field("accessors value"),
            ],
        ),
    ),
    Row("attribute_list", Becomes::Node(Kind::Modifiers, &[ALL])),
    Row("attribute_target_specifier", Becomes::Skip),
    Row(
        "attribute",
        Becomes::Annotated {
            name: Pick::Field("name"),
            arguments: Pick::Kind("attribute_argument_list"),
        },
    ),
];
