//! Java, up to patterns in `switch`, records and text blocks.
//!
//! [The language specification](https://docs.oracle.com/javase/specs/jls/se21/html/) says what each construct means.

mod declaration;
mod expression;
mod literal;
mod pattern;
mod statement;
mod types;

use crate::builder::Draft;
use crate::front::{Child, Front, Grammar, Tables, grammar};
use crate::language::Language;

grammar! {
    Java: tree_sitter_java::LANGUAGE;
    kinds {
        annotated_type annotation annotation_argument_list annotation_type_body annotation_type_declaration
        annotation_type_element_declaration argument_list array_access array_creation_expression array_initializer
        array_type assert_statement assignment_expression asterisk binary_expression binary_integer_literal block
        boolean_type break_statement cast_expression catch_clause catch_formal_parameter catch_type
        character_literal class_body class_declaration class_literal compact_constructor_declaration
        constant_declaration constructor_body constructor_declaration continue_statement
        decimal_floating_point_literal decimal_integer_literal dimensions dimensions_expr do_statement
        element_value_array_initializer element_value_pair enhanced_for_statement enum_body enum_body_declarations
        enum_constant enum_declaration escape_sequence explicit_constructor_invocation expression_statement
        extends_interfaces r#false field_access field_declaration finally_clause floating_point_type for_statement
        formal_parameter formal_parameters generic_type guard hex_floating_point_literal hex_integer_literal
        identifier if_statement import_declaration inferred_parameters instanceof_expression integral_type
        interface_body interface_declaration labeled_statement lambda_expression local_variable_declaration
        marker_annotation method_declaration method_invocation method_reference modifiers multiline_string_fragment
        null_literal object_creation_expression octal_integer_literal package_declaration parenthesized_expression
        pattern record_declaration record_pattern record_pattern_body record_pattern_component resource
        resource_specification return_statement scoped_identifier scoped_type_identifier spread_parameter
        static_initializer string_fragment string_interpolation string_literal super_interfaces superclass
        switch_block_statement_group switch_expression switch_label switch_rule synchronized_statement
        template_expression ternary_expression this throw_statement throws r#true try_statement
        try_with_resources_statement type_arguments type_identifier type_list type_parameters type_pattern
        unary_expression underscore_pattern update_expression variable_declarator void_type while_statement
        wildcard yield_statement receiver_parameter permits
        super_keyword
    }
    tokens {
        Comma = "," Default = "default" Increment = "++" Decrement = "--" Open = "[" New = "new" Static = "static"
        Semicolon = ";" Question = "?"
    }
    fields {
        alternative arguments array body condition consequence constructor declarator dimensions element field
        index init interfaces key left name object operand operator parameters pattern resources right
        superclass template_argument template_processor r#type type_arguments update value
    }
}

impl Grammar for Java {
    type Kind = Kinds;
    type Field = Fields;
    type State = ();

    fn tables(_: Language) -> &'static Tables<Kinds, Fields> {
        Self::tables_once()
    }

    fn lower<'t>(front: &mut Front<'t, Self>, node: Child<'t, Self>) -> Draft {
        front
            .leaf_expression(node)
            .or_else(|| front.expression(node))
            .or_else(|| front.written_type(node))
            .or_else(|| front.test_pattern(node))
            .or_else(|| front.any_statement(node))
            .or_else(|| front.declaration(node))
            .unwrap_or_else(|| front.other(node))
    }

    fn statements<'t>(front: &mut Front<'t, Self>, node: Child<'t, Self>, into: &mut Vec<Draft>) {
        match node.kind {
            Kinds::local_variable_declaration | Kinds::field_declaration | Kinds::constant_declaration => {
                front.variables(node, into);
            }
            Kinds::enum_body_declarations => {
                let members = front.statements(node);
                into.extend(members);
            }
            _ => {
                let draft = front.lower(node);
                into.push(draft);
            }
        }
    }
}
