//! Python 3, and what of Python 2 the grammar reads besides (`print x`, `exec x`).
//!
//! [The language reference](https://docs.python.org/3/reference/) says what each construct means.

mod expression;
mod literal;
mod pattern;
mod statement;

use crate::builder::Draft;
use crate::front::{Child, Front, Grammar, Tables, grammar};
use crate::language::Language;

grammar! {
    Python: tree_sitter_python::LANGUAGE;
    kinds {
        aliased_import argument_list as_pattern as_pattern_target assert_statement assignment attribute
        augmented_assignment r#await binary_operator block boolean_operator break_statement call case_clause
        case_pattern chevron class_definition class_pattern comparison_operator complex_pattern concatenated_string
        conditional_expression continue_statement decorated_definition decorator default_parameter delete_statement
        dict_pattern dictionary dictionary_comprehension dictionary_splat dictionary_splat_pattern dotted_name
        elif_clause else_clause escape_interpolation except_clause exec_statement expression_list
        expression_statement r#false finally_clause float for_in_clause for_statement format_expression
        format_specifier function_definition future_import_statement generator_expression generic_type
        global_statement identifier if_clause if_statement import_from_statement import_statement integer
        interpolation keyword_argument keyword_pattern lambda list list_comprehension list_pattern list_splat
        list_splat_pattern match_statement member_type named_expression none nonlocal_statement not_operator pair
        parameters parenthesized_expression pass_statement pattern_list print_statement raise_statement
        return_statement set set_comprehension slice splat_pattern string string_content string_start string_end
        subscript r#true try_statement tuple tuple_pattern r#type type_parameter typed_default_parameter
        typed_parameter unary_operator union_pattern union_type while_statement wildcard_import with_clause
        with_item with_statement r#yield
    }
    tokens {
        Async = "async" From = "from" Comma = "," Colon = ":" Star = "*" StarStar = "**" Minus = "-" Plus = "+"
        Underscore = "_" Print = "print" Exec = "exec"
    }
    fields {
        alias alternative argument arguments attribute body cause code condition consequence definition expression
        format_specifier function guard key left module_name name object operator operators parameters return_type
        right subject subscript superclasses r#type type_parameters value
    }
}

/// What is known of the function that is being read.
#[derive(Default)]
pub(crate) struct State {
    /// Whether a `yield` was seen in it
    generator: bool,
}

impl Grammar for Python {
    type Kind = Kinds;
    type Field = Fields;
    type State = State;

    fn tables(_: Language) -> &'static Tables<Kinds, Fields> {
        Self::tables_once()
    }

    fn lower<'t>(front: &mut Front<'t, Self>, node: Child<'t, Self>) -> Draft {
        front
            .simple_expression(node)
            .or_else(|| front.compound_expression(node))
            .or_else(|| front.pattern(node))
            .or_else(|| front.simple_statement(node))
            .or_else(|| front.compound_statement(node))
            .unwrap_or_else(|| front.other(node))
    }

    fn statements<'t>(front: &mut Front<'t, Self>, node: Child<'t, Self>, into: &mut Vec<Draft>) {
        if node.kind == Kinds::import_statement {
            front.imports(node, into);
        } else {
            let draft = front.lower(node);
            into.push(draft);
        }
    }
}
