//! Go: grammar tree-sitter-go.
//!
//! - Several names or values beside each other are a [`crate::Kind::Tuple`]. Names that share one type (`a, b int`) have it each, those
//!   before the last one as an implied one.
//! - `x := y` is a variable without modifiers; whether it declares or assigns is for the scopes to say, as it is in the language.
//! - Results are a type, those in parentheses `Other` (`parameter_list`) of parameters within it.
//! - The struct and interface of `type T struct {…}` are a class; what is embedded stands among what it derives from. A field's tag is an
//!   `Other` (`tag`) among its modifiers. Maps and channels are the generic types `map` and `chan`; the length of an array is left out, as are
//!   the type parameters of declarations and the type arguments of calls.
//! - `switch x := y.(type)` is a block of the variable and a switch over it, whose patterns are types. A case of `select` begins with what it
//!   sends or receives, and has the pattern `Other` (`communication`).
//!
//! <https://go.dev/ref/spec>

mod declaration;
mod expression;
mod statement;
mod types;

use super::{Child, Front, Grammar, Tables, grammar};
use crate::builder::Draft;
use crate::language::Language;

type Reader<'t> = Front<'t, Go>;
type Node<'t> = Child<'t, Go>;

grammar! {
    Go: tree_sitter_go::LANGUAGE;
    kinds {
        argument_list array_type assignment_statement binary_expression blank_identifier block break_statement call_expression channel_type
        communication_case composite_literal const_declaration const_spec continue_statement dec_statement default_case
        defer_statement dot empty_statement expression_case expression_list expression_statement expression_switch_statement r#false
        fallthrough_statement field_declaration field_declaration_list field_identifier float_literal for_clause for_statement func_literal
        function_declaration function_type generic_type go_statement identifier if_statement imaginary_literal implicit_length_array_type
        import_declaration import_spec import_spec_list inc_statement index_expression int_literal interface_type
        interpreted_string_literal iota keyed_element label_name labeled_statement literal_element literal_value map_type
        method_declaration method_elem nil package_clause package_identifier parameter_declaration parameter_list
        parenthesized_expression parenthesized_type pointer_type qualified_type range_clause raw_string_literal receive_statement
        return_statement rune_literal select_statement selector_expression send_statement short_var_declaration slice_expression slice_type
        statement_list struct_type r#true type_alias type_arguments type_assertion_expression type_case type_conversion_expression
        type_declaration type_elem type_identifier type_instantiation_expression type_spec type_switch_statement unary_expression
        var_declaration var_spec var_spec_list variadic_argument variadic_parameter_declaration
    }
    tokens {
        Chan = "chan" Const = "const" Define = ":=" Map = "map" Var = "var"
    }
    fields {
        alias alternative arguments body capacity communication condition consequence element end field function index initializer key label
        left name operand operator package parameters path receiver result right start tag r#type type_arguments update value channel
    }
}

impl Grammar for Go {
    type Kind = Kinds;
    type Field = Fields;
    type State = ();

    fn tables(_: Language) -> &'static Tables<Kinds, Fields> {
        Self::tables_once()
    }

    fn lower<'t>(front: &mut Reader<'t>, node: Node<'t>) -> Draft {
        front
            .simple_expression(node)
            .or_else(|| front.compound_expression(node))
            .or_else(|| front.simple_statement(node))
            .or_else(|| front.compound_statement(node))
            .or_else(|| front.type_syntax(node))
            .or_else(|| front.declaration(node))
            .unwrap_or_else(|| front.other(node))
    }

    fn statements<'t>(front: &mut Reader<'t>, node: Node<'t>, into: &mut Vec<Draft>) {
        match node.kind {
            Kinds::statement_list => {
                let statements = front.statements(node);
                into.extend(statements);
            }
            Kinds::import_declaration
            | Kinds::import_spec_list
            | Kinds::import_spec
            | Kinds::var_declaration
            | Kinds::var_spec_list
            | Kinds::const_declaration
            | Kinds::type_declaration => front.group(node, None, into),
            Kinds::empty_statement => {}
            _ => {
                let draft = front.lower(node);
                into.push(draft);
            }
        }
    }
}
