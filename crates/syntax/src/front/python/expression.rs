//! Expressions of Python.

use super::{Fields, Kinds, Python};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::{Child, Front};
use crate::kind::{Kind, Operator};

type Node<'t> = Child<'t, Python>;

impl<'t> Front<'t, Python> {
    /// Names, literals, and what has a fixed number of operands; none for other kinds.
    pub(super) fn simple_expression(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::identifier | Kinds::Underscore => self.leaf(Kind::Name, child),
            Kinds::string | Kinds::concatenated_string => self.string(child),
            Kinds::integer | Kinds::float => self.number(child),
            Kinds::r#true => self.build.leaf(Kind::Bool, span, "true"),
            Kinds::r#false => self.build.leaf(Kind::Bool, span, "false"),
            Kinds::none => self.leaf(Kind::Null, child),
            Kinds::attribute => self.member(child),
            Kinds::call => self.call(child),
            Kinds::binary_operator | Kinds::boolean_operator => self.binary(child, Self::operands),
            Kinds::comparison_operator => self.comparison(child),
            Kinds::unary_operator | Kinds::not_operator => self.unary(child),
            Kinds::r#await => {
                let operand = self.lower_first(child);
                self.build.node(Kind::Await, span, vec![operand])
            }
            Kinds::parenthesized_expression => self.lower_first(child),
            Kinds::case_pattern => self.case_pattern(child),
            Kinds::subscript => self.subscript(child),
            Kinds::slice => self.slice(child),
            Kinds::keyword_argument => {
                let kids = self.kids(child);
                let name = self.field_or_nothing(&kids, Fields::name, span.start);
                let value = self.field_or_nothing(&kids, Fields::value, span.end);
                self.build.node(Kind::Keyword, span, vec![name, value])
            }
            Kinds::list_splat | Kinds::list_splat_pattern => self.spread(child, Operator::Times),
            Kinds::dictionary_splat | Kinds::dictionary_splat_pattern => self.spread(child, Operator::Power),
            _ => return None,
        })
    }

    /// Containers, functions and conditions; none for other kinds.
    pub(super) fn compound_expression(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::list => self.node_of_all(child, Kind::List),
            Kinds::tuple | Kinds::expression_list => self.node_of_all(child, Kind::Tuple),
            Kinds::set => self.node_of_all(child, Kind::Set),
            Kinds::dictionary => self.node_of_all(child, Kind::Map),
            Kinds::argument_list => self.node_of_all(child, Kind::Args),
            Kinds::pair => {
                let kids = self.kids(child);
                let key = self.field_or_nothing(&kids, Fields::key, span.start);
                let value = self.field_or_nothing(&kids, Fields::value, span.end);
                self.build.node(Kind::Pair, span, vec![key, value])
            }
            Kinds::list_comprehension => self.comprehension(child, Operator::List),
            Kinds::set_comprehension => self.comprehension(child, Operator::Set),
            Kinds::dictionary_comprehension => self.comprehension(child, Operator::Map),
            Kinds::generator_expression => self.comprehension(child, Operator::None),
            Kinds::for_in_clause => self.for_clause(child),
            Kinds::if_clause => {
                let condition = self.lower_first(child);
                self.build.node(Kind::IfClause, span, vec![condition])
            }
            Kinds::conditional_expression => self.conditional(child),
            Kinds::named_expression => {
                let kids = self.kids(child);
                let name = self.field_or_nothing(&kids, Fields::name, span.start);
                let value = self.field_or_nothing(&kids, Fields::value, span.end);
                self.build.node(Kind::Assign, span, vec![name, value])
            }
            Kinds::lambda => self.lambda(child),
            Kinds::r#yield => self.yielded(child),
            Kinds::r#type => self.type_of(child),
            Kinds::pattern_list | Kinds::tuple_pattern | Kinds::list_pattern => self.target(child),
            _ => return None,
        })
    }

    /// What is assigned to: tuples and lists are taken apart.
    pub(super) fn target(&mut self, child: Node<'t>) -> Draft {
        match child.kind {
            Kinds::tuple
            | Kinds::list
            | Kinds::pattern_list
            | Kinds::tuple_pattern
            | Kinds::list_pattern
            | Kinds::expression_list => {
                let kids = self.kids(child);
                let mut named = kids.named();
                // `(a) = 1` is no tuple.
                if child.kind == Kinds::tuple_pattern
                    && !kids.has(Kinds::Comma)
                    && let (Some(only), None) = (named.next(), named.next())
                {
                    return self.target_below(only);
                }
                let targets = kids.named().map(|kid| self.target_below(kid)).collect();
                let draft = self.build.node(Kind::Destructure, child.span(), targets);
                self.build.operator(draft, Operator::List)
            }
            Kinds::parenthesized_expression | Kinds::as_pattern_target => {
                let kids = self.kids(child);
                match kids.named().next() {
                    Some(inner) => self.target_below(inner),
                    None => self.leaf(Kind::Name, child),
                }
            }
            _ => self.lower(child),
        }
    }

    /// A type as written.
    pub(super) fn type_of(&mut self, child: Node<'t>) -> Draft {
        let inner = self.written_type(child);
        self.build.node(Kind::Type, child.span(), vec![inner])
    }

    fn target_below(&mut self, child: Node<'t>) -> Draft {
        self.below(child, Self::target)
    }

    fn member(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let object = self.field_or_nothing(&kids, Fields::object, span.start);
        let name = self.field_or_nothing(&kids, Fields::attribute, span.end);
        self.build.node(Kind::Member, span, vec![object, name])
    }

    fn call(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let callee = self.field_or_nothing(&kids, Fields::function, span.start);
        let arguments = match kids.field(Fields::arguments) {
            Some(generator) if generator.kind == Kinds::generator_expression => {
                let only = self.lower(generator);
                self.build.node(Kind::Args, generator.span(), vec![only])
            }
            Some(list) => self.node_of_all(list, Kind::Args),
            None => self.build.node(Kind::Args, Span::empty(span.end), Vec::new()),
        };
        self.build.node(Kind::Call, span, vec![callee, arguments])
    }

    fn operands(&mut self, child: Node<'t>) -> Option<(Node<'t>, Operator, Node<'t>)> {
        if !matches!(child.kind, Kinds::binary_operator | Kinds::boolean_operator) {
            return None;
        }
        let kids = self.kids(child);
        let operator = self.text_of(kids.field(Fields::operator)?);
        let left = kids.field(Fields::left)?;
        let right = kids.field(Fields::right)?;
        Some((left, operator_of(operator), right))
    }

    /// `a < b < c`: both comparisons share `b`, unless it is so large that sharing would multiply it.
    fn comparison(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let mut operands = kids.named().filter(|kid| kid.field != Fields::operators);
        let mut operators = kids.all().filter(|kid| kid.field == Fields::operators);
        let Some(first) = operands.next() else {
            return self.other(child);
        };
        let mut left = self.lower(first);
        let mut whole: Option<Draft> = None;
        for operand in operands {
            let operator = operators.next().map_or("", |operator| self.text_of(operator));
            let right = self.lower(operand);
            let span = self.build.span(left).to(self.build.span(right));
            let draft = self.build.node(Kind::Binary, span, vec![left, right]);
            let draft = self.build.operator(draft, comparison_of(operator));
            whole = Some(match whole {
                None => draft,
                Some(before) => {
                    let span = Span {
                        start: self.build.span(before).start,
                        end: span.end,
                    };
                    let both = self.build.node(Kind::Binary, span, vec![before, draft]);
                    self.build.operator(both, Operator::And)
                }
            });
            left = self.build.shared(right);
        }
        whole.unwrap_or(left)
    }

    fn unary(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let operator = match kids.field(Fields::operator) {
            Some(operator) => match self.text_of(operator) {
                "~" => Operator::BitNot,
                other => operator_of(other),
            },
            None => Operator::Not,
        };
        let operand = self.field_or_nothing(&kids, Fields::argument, child.span().end);
        let draft = self.build.node(Kind::Unary, child.span(), vec![operand]);
        self.build.operator(draft, operator)
    }

    fn subscript(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let object = self.field_or_nothing(&kids, Fields::value, span.start);
        let indices = self.lower_all(kids.fields(Fields::subscript));
        let index = match indices.as_slice() {
            [] => self.build.nothing(span.end),
            [only] if !kids.has(Kinds::Comma) => *only,
            [first, .., last] | [first @ last] => {
                let span = Span {
                    start: self.build.span(*first).start,
                    end: self.build.span(*last).end,
                };
                self.build.node(Kind::Tuple, span, indices)
            }
        };
        self.build.node(Kind::Index, span, vec![object, index])
    }

    fn slice(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let mut parts: [Option<Node<'t>>; 3] = [None, None, None];
        let mut position = 0;
        for kid in kids.all() {
            if kid.kind == Kinds::Colon {
                position += 1;
            } else if let Some(part) = parts.get_mut(position) {
                *part = Some(kid);
            }
        }
        let mut at = child.span().start;
        let mut drafts = Vec::with_capacity(3);
        for part in parts {
            let draft = self.lower_or_nothing(part, at);
            at = self.build.span(draft).end;
            drafts.push(draft);
        }
        self.build.node(Kind::Slice, child.span(), drafts)
    }

    fn spread(&mut self, child: Node<'t>, operator: Operator) -> Draft {
        let value = self.lower_first(child);
        let draft = self.build.node(Kind::Spread, child.span(), vec![value]);
        self.build.operator(draft, operator)
    }

    fn comprehension(&mut self, child: Node<'t>, operator: Operator) -> Draft {
        let draft = self.node_of_all(child, Kind::Comprehension);
        self.build.operator(draft, operator)
    }

    fn for_clause(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let target = match kids.field(Fields::left) {
            Some(left) => self.target(left),
            None => self.build.nothing(span.start),
        };
        let sources = self.lower_all(kids.fields(Fields::right));
        let iterable = self.one_or_tuple(sources, span.end);
        let draft = self.build.node(Kind::ForClause, span, vec![target, iterable]);
        self.asynchronous(draft, &kids)
    }

    /// `then if condition else otherwise`.
    fn conditional(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let mut parts = kids.named();
        let end = child.span().end;
        let then = self.lower_or_nothing(parts.next(), end);
        let condition = self.lower_or_nothing(parts.next(), end);
        let otherwise = self.lower_or_nothing(parts.next(), end);
        let children = vec![condition, then, otherwise];
        self.build.node(Kind::Conditional, child.span(), children)
    }

    fn lambda(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let outer = std::mem::take(&mut self.state.generator);
        let parameters = match kids.field(Fields::parameters) {
            Some(list) => self.parameters(list),
            None => self.build.node(Kind::Params, Span::empty(span.start), Vec::new()),
        };
        let returned = self.build.nothing(self.build.span(parameters).end);
        let body = self.field_or_nothing(&kids, Fields::body, span.end);
        self.state.generator = outer;
        let children = vec![parameters, returned, body];
        self.build.node(Kind::Lambda, span, children)
    }

    fn yielded(&mut self, child: Node<'t>) -> Draft {
        self.state.generator = true;
        let kids = self.kids(child);
        let value = self.lower_or_nothing(kids.named().next(), child.span().end);
        let draft = self.build.node(Kind::Yield, child.span(), vec![value]);
        if kids.has(Kinds::From) {
            return self.build.flag(draft, Flags::SPREAD);
        }
        draft
    }

    /// What a type is made of: a hint is written as an expression.
    fn written_type(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let Some(inner) = kids.named().next() else {
            return self.build.nothing(child.span().end);
        };
        let below = match inner.kind {
            Kinds::subscript | Kinds::generic_type => self.kids(inner),
            Kinds::member_type => {
                let below = self.kids(inner);
                let mut parts = below.named();
                let object = self.lower_or_nothing(parts.next(), inner.span().start);
                let name = self.lower_or_nothing(parts.next(), inner.span().end);
                return self.build.node(Kind::Member, inner.span(), vec![object, name]);
            }
            _ => return self.lower(inner),
        };
        let mut parts = below.named();
        let mut children = vec![self.lower_or_nothing(parts.next(), inner.span().start)];
        for argument in parts {
            if argument.kind == Kinds::type_parameter {
                let arguments = self.kids(argument);
                children.extend(self.lower_all(arguments.named()));
            } else {
                let draft = self.lower(argument);
                children.push(self.build.node(Kind::Type, argument.span(), vec![draft]));
            }
        }
        self.build.node(Kind::Generic, inner.span(), children)
    }
}

/// The operator that a token between two operands, or the token of an assignment without its `=`, stands for.
pub(super) fn operator_of(token: &str) -> Operator {
    match token {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Times,
        "/" => Operator::Divide,
        "//" => Operator::FloorDivide,
        "%" => Operator::Modulo,
        "**" => Operator::Power,
        "@" => Operator::MatrixTimes,
        "and" => Operator::And,
        "or" => Operator::Or,
        "&" => Operator::BitAnd,
        "|" => Operator::BitOr,
        "^" => Operator::BitXor,
        "<<" => Operator::ShiftLeft,
        ">>" => Operator::ShiftRight,
        _ => Operator::Other,
    }
}

fn comparison_of(token: &str) -> Operator {
    match token {
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        "==" => Operator::Equal,
        "!=" | "<>" => Operator::NotEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "is" => Operator::Identical,
        "in" => Operator::In,
        // Words may stand apart.
        other if other.starts_with("is") => Operator::NotIdentical,
        other if other.starts_with("not") => Operator::NotIn,
        _ => Operator::Other,
    }
}
