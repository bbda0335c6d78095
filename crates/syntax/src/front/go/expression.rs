//! Expressions of Go.

use super::{Fields, Kinds, Node, Reader};
use crate::builder::Draft;
use crate::front::Kids;
use crate::front::escape::{Escapes, unescape};
use crate::kind::{Kind, Operator};

/// <https://go.dev/ref/spec#String_literals>
const ESCAPES: Escapes = Escapes {
    bell: true,
    octal: 3,
    hexadecimal: true,
    unicode: true,
    braces: false,
    long: true,
    joins_lines: false,
    keeps_unknown: true,
};

impl<'t> Reader<'t> {
    /// Names, literals, and what has a fixed number of operands; none for other kinds.
    pub(super) fn simple_expression(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::identifier
            | Kinds::field_identifier
            | Kinds::package_identifier
            | Kinds::type_identifier
            | Kinds::label_name
            | Kinds::blank_identifier
            | Kinds::iota
            | Kinds::dot => self.leaf(Kind::Name, node),
            Kinds::interpreted_string_literal | Kinds::raw_string_literal | Kinds::rune_literal => {
                let value = self.string_value(node);
                self.build.leaf(Kind::Str, span, &value)
            }
            Kinds::int_literal | Kinds::float_literal | Kinds::imaginary_literal => {
                let digits = self.text_of(node).replace('_', "");
                self.build.leaf(Kind::Number, span, &digits)
            }
            Kinds::r#true => self.build.leaf(Kind::Bool, span, "true"),
            Kinds::r#false => self.build.leaf(Kind::Bool, span, "false"),
            Kinds::nil => self.leaf(Kind::Null, node),
            Kinds::selector_expression => self.two(Kind::Member, node, Fields::operand, Fields::field),
            Kinds::index_expression => self.two(Kind::Index, node, Fields::operand, Fields::index),
            Kinds::slice_expression => self.slice(node),
            Kinds::call_expression => self.call(node),
            Kinds::binary_expression => self.binary(node, Self::operands),
            Kinds::unary_expression => self.unary(node),
            Kinds::type_assertion_expression | Kinds::type_conversion_expression => {
                let kids = self.kids(node);
                if node.kind == Kinds::type_conversion_expression
                    && let Some(function) = kids
                        .field(Fields::r#type)
                        .filter(|kid| kid.kind == Kinds::generic_type)
                {
                    return Some(self.instantiated_call(node, &kids, function));
                }
                let operand = self.field(&kids, Fields::operand);
                let written = kids.field(Fields::r#type).map(|kid| self.written_type(kid));
                self.lay(Kind::Cast, span, [written, operand])
            }
            _ => return None,
        })
    }

    /// Containers, and expressions that mean what is within them; none for other kinds.
    pub(super) fn compound_expression(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::parenthesized_expression
            | Kinds::literal_element
            | Kinds::type_instantiation_expression => {
                let inner = self.inner(node);
                inner.unwrap_or_else(|| self.build.nothing(span.end))
            }
            Kinds::expression_list => self.list(node),
            Kinds::argument_list => {
                let kids = self.kids(node);
                let arguments = kids.named().map(|kid| self.argument(kid)).collect();
                self.build.node(Kind::Args, span, arguments)
            }
            Kinds::variadic_argument => {
                let value = self.inner(node);
                let draft = self.lay(Kind::Spread, span, [value]);
                self.build.operator(draft, Operator::Times)
            }
            Kinds::composite_literal => {
                let kids = self.kids(node);
                let written = kids.field(Fields::r#type).map(|kid| self.written_type(kid));
                self.composite(node, written, kids.field(Fields::body))
            }
            // The type of an inner literal is that of the elements.
            Kinds::literal_value => self.composite(node, None, Some(node)),
            Kinds::keyed_element => self.two(Kind::Pair, node, Fields::key, Fields::value),
            Kinds::func_literal => {
                let kids = self.kids(node);
                let parameters = kids.field(Fields::parameters).map(|kid| self.parameters(kid));
                let result = self.result(&kids);
                let body = self.field(&kids, Fields::body);
                self.lay(Kind::Lambda, span, [parameters, result, body])
            }
            _ => return None,
        })
    }

    /// The value of a string, or of a rune as a string of one character.
    pub(super) fn string_value(&self, node: Node<'t>) -> String {
        let text = self.text_of(node);
        let mut inner = text.chars();
        inner.next();
        inner.next_back();
        let inner = inner.as_str();
        match node.kind {
            // <https://go.dev/ref/spec#String_literals>: carriage returns are no part of it.
            Kinds::raw_string_literal => inner.replace('\r', ""),
            _ => {
                let mut value = String::with_capacity(inner.len());
                unescape(inner, ESCAPES, &mut value);
                value
            }
        }
    }

    /// One expression as it is, several as a tuple.
    pub(super) fn list(&mut self, node: Node<'t>) -> Draft {
        if node.kind != Kinds::expression_list {
            return self.lower(node);
        }
        let kids = self.kids(node);
        let mut expressions = self.lower_all(kids.named());
        match (expressions.pop(), expressions.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                expressions.extend(last);
                self.build.node(Kind::Tuple, node.span(), expressions)
            }
        }
    }

    fn two(&mut self, kind: Kind, node: Node<'t>, first: Fields, second: Fields) -> Draft {
        let kids = self.kids(node);
        let first = self.field(&kids, first);
        let second = self.field(&kids, second);
        self.lay(kind, node.span(), [first, second])
    }

    fn slice(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let object = self.field(&kids, Fields::operand);
        let parts = [Fields::start, Fields::end, Fields::capacity].map(|part| self.field(&kids, part));
        let mut inner = node.span();
        inner.start = object.map_or(inner.start, |object| self.build.span(object).end);
        let slice = self.lay(Kind::Slice, inner, parts);
        self.lay(Kind::Index, node.span(), [object, Some(slice)])
    }

    fn call(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let callee = self.field(&kids, Fields::function);
        let arguments = self.field(&kids, Fields::arguments);
        let arguments = arguments.unwrap_or_else(|| self.empty(Kind::Args, node.span().end));
        self.lay(Kind::Call, node.span(), [callee, Some(arguments)])
    }

    /// `f[T](x)`, which looks like a conversion to a generic type and is far more often a call.
    fn instantiated_call(&mut self, node: Node<'t>, kids: &Kids<'t, super::Go>, function: Node<'t>) -> Draft {
        let parts = self.kids(function);
        let callee = self.field(&parts, Fields::r#type);
        let argument = self.field(kids, Fields::operand);
        let arguments = self.enclose(Kind::Args, Vec::from_iter(argument), node.span().end);
        self.lay(Kind::Call, node.span(), [callee, Some(arguments)])
    }

    /// An argument; `make` and its like take types.
    fn argument(&mut self, node: Node<'t>) -> Draft {
        match node.kind {
            Kinds::slice_type
            | Kinds::array_type
            | Kinds::map_type
            | Kinds::channel_type
            | Kinds::pointer_type
            | Kinds::function_type
            | Kinds::struct_type
            | Kinds::interface_type
            | Kinds::generic_type => self.written_type(node),
            _ => self.lower(node),
        }
    }

    fn composite(&mut self, node: Node<'t>, written: Option<Draft>, body: Option<Node<'t>>) -> Draft {
        let written = written.unwrap_or_else(|| self.build.nothing(node.span().start));
        let mut children = vec![written];
        if let Some(body) = body {
            let kids = self.kids(body);
            let elements = self.lower_all(kids.named());
            children.extend(elements);
        }
        self.build.node(Kind::Composite, node.span(), children)
    }

    fn operands(&mut self, node: Node<'t>) -> Option<(Node<'t>, Operator, Node<'t>)> {
        if node.kind != Kinds::binary_expression {
            return None;
        }
        let kids = self.kids(node);
        let operator = operator_of(self.text_of(kids.field(Fields::operator)?))?;
        Some((kids.field(Fields::left)?, operator, kids.field(Fields::right)?))
    }

    fn unary(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let operator = kids.field(Fields::operator).map_or("", |kid| self.text_of(kid));
        let operand = self.field(&kids, Fields::operand);
        let draft = self.lay(Kind::Unary, node.span(), [operand]);
        let operator = match operator {
            "+" => Operator::Plus,
            "-" => Operator::Minus,
            "!" => Operator::Not,
            "^" => Operator::BitNot,
            "*" => Operator::Dereference,
            "&" => Operator::AddressOf,
            "<-" => Operator::Channel,
            other => {
                self.build.name(draft, other);
                Operator::Other
            }
        };
        self.build.operator(draft, operator)
    }

    /// `x++` and `x--`, which are statements.
    pub(super) fn step(&mut self, node: Node<'t>, operator: Operator) -> Draft {
        let operand = self.inner(node);
        let draft = self.lay(Kind::Update, node.span(), [operand]);
        self.build.operator(draft, operator)
    }
}

/// An operator between two operands.
pub(super) fn operator_of(text: &str) -> Option<Operator> {
    Some(match text {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Times,
        "/" => Operator::Divide,
        "%" => Operator::Modulo,
        "&&" => Operator::And,
        "||" => Operator::Or,
        "&" => Operator::BitAnd,
        "|" => Operator::BitOr,
        "^" => Operator::BitXor,
        "&^" => Operator::BitClear,
        "<<" => Operator::ShiftLeft,
        ">>" => Operator::ShiftRight,
        "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        _ => return None,
    })
}
