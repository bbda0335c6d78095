//! JavaScript and TypeScript, both with JSX: grammars tree-sitter-javascript and tree-sitter-typescript, which share most of their names.
//!
//! Types that only the compiler sees leave little behind: type parameters, the type arguments of a call, `satisfies`, `as const`, `!` and the
//! attributes of an import are left out, and their operand stands by itself. `as T` and `<T>x` are a [`crate::Kind::Cast`]. A member that stands
//! under a text or an expression (`'a'() {}`, `[x]() {}`) has that in the place of its name.
//!
//! <https://tc39.es/ecma262/>, <https://www.typescriptlang.org/docs/handbook/>, <https://facebook.github.io/jsx/>

mod declaration;
mod expression;
mod jsx;
mod literal;
pub(crate) mod mend;
mod module;
mod pattern;
mod statement;
mod types;

use std::sync::OnceLock;

use super::{Child, Front, Grammar, Tables, grammar};
use crate::builder::Draft;
use crate::language::Language;

type Script<'t> = Front<'t, JavaScript>;
type Node<'t> = Child<'t, JavaScript>;

grammar! {
    JavaScript;
    kinds {
        abstract_class_declaration abstract_method_signature accessibility_modifier ambient_declaration arguments array array_pattern
        array_type arrow_function as_expression asserts_annotation assignment_expression assignment_pattern
        augmented_assignment_expression await_expression binary_expression break_statement call_expression call_signature catch_clause class
        class_body class_declaration class_heritage class_static_block computed_property_name continue_statement decorator do_statement
        else_clause empty_statement enum_assignment enum_body enum_declaration export_clause export_specifier export_statement
        expression_statement extends_clause extends_type_clause r#false field_definition finally_clause for_in_statement for_statement
        formal_parameters function_declaration function_expression function_signature generator_function generator_function_declaration
        generic_type hash_bang_line html_character_reference identifier if_statement implements_clause import import_alias import_clause
        import_require_clause import_specifier import_statement instantiation_expression interface_body interface_declaration intersection_type
        internal_module jsx_attribute jsx_closing_element jsx_element jsx_expression jsx_namespace_name jsx_opening_element jsx_self_closing_element jsx_text
        labeled_statement lexical_declaration literal_type member_expression meta_property method_definition method_signature module
        named_imports namespace_export namespace_import nested_identifier nested_type_identifier new_expression non_null_expression null
        number object object_assignment_pattern object_pattern object_type opting_type_annotation omitting_type_annotation
        adding_type_annotation optional_chain optional_parameter override_modifier pair pair_pattern parenthesized_expression
        parenthesized_type predefined_type private_property_identifier property_identifier property_signature public_field_definition
        readonly_type regex required_parameter rest_pattern return_statement satisfies_expression sequence_expression
        shorthand_property_identifier shorthand_property_identifier_pattern spread_element statement_block statement_identifier string
        subscript_expression switch_body switch_case switch_default switch_statement template_string template_substitution
        ternary_expression this this_type throw_statement r#true try_statement type_alias_declaration type_annotation type_arguments
        type_assertion type_identifier type_parameters type_predicate_annotation unary_expression undefined union_type update_expression
        using_declaration variable_declaration variable_declarator while_statement with_statement yield_expression
    }
    tokens {
        Abstract = "abstract" Accessor = "accessor" As = "as" Async = "async" Await = "await" Comma = "," Const = "const"
        Declare = "declare" Default = "default" Equals = "=" Export = "export" Get = "get" Global = "global" In = "in"
        OptionalChain = "?." Question = "?" Readonly = "readonly" Set = "set" Star = "*" Static = "static"
    }
    fields {
        alias alternative argument arguments attribute body condition consequence constructor declaration decorator finalizer function
        handler increment index initializer key kind label left name object open_tag operator parameter parameters pattern property
        return_type right source r#type type_arguments value
    }
}

impl Grammar for JavaScript {
    type Kind = Kinds;
    type Field = Fields;
    type State = ();

    fn tables(language: Language) -> &'static Tables<Kinds, Fields> {
        static JAVASCRIPT: OnceLock<Tables<Kinds, Fields>> = OnceLock::new();
        static TYPESCRIPT: OnceLock<Tables<Kinds, Fields>> = OnceLock::new();
        static TSX: OnceLock<Tables<Kinds, Fields>> = OnceLock::new();
        let once = match language {
            Language::TypeScript => &TYPESCRIPT,
            Language::Tsx => &TSX,
            _ => &JAVASCRIPT,
        };
        once.get_or_init(|| match super::grammar_of(language) {
            Some(grammar) => Self::tables_of(&grammar),
            None => Tables::unknown(Kinds::Unknown, Fields::None),
        })
    }

    fn lower<'t>(front: &mut Script<'t>, node: Node<'t>) -> Draft {
        front
            .simple_expression(node)
            .or_else(|| front.compound_expression(node))
            .or_else(|| front.simple_statement(node))
            .or_else(|| front.compound_statement(node))
            .or_else(|| front.pattern(node))
            .or_else(|| front.declaration(node))
            .or_else(|| front.type_syntax(node))
            .or_else(|| front.markup(node))
            .unwrap_or_else(|| front.other(node))
    }

    fn statements<'t>(front: &mut Script<'t>, node: Node<'t>, into: &mut Vec<Draft>) {
        match node.kind {
            Kinds::lexical_declaration | Kinds::variable_declaration | Kinds::using_declaration => {
                front.variables(node, &[], into);
            }
            Kinds::ambient_declaration => front.ambient(node, into),
            Kinds::export_statement => front.export(node, into),
            Kinds::import_statement => front.import(node, into),
            Kinds::hash_bang_line => front.build.comment(node.span()),
            _ => {
                let draft = front.lower(node);
                into.push(draft);
            }
        }
    }
}
