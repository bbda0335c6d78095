//! Expressions of Java.

use super::types::is_annotation;
use super::{Fields, Java, Kinds};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::{Child, Front, Kids};
use crate::kind::{Kind, Operator};

type Node<'t> = Child<'t, Java>;

impl<'t> Front<'t, Java> {
    /// Names, literals, and what reaches into objects; none for other kinds.
    pub(super) fn leaf_expression(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::identifier | Kinds::underscore_pattern => self.leaf(Kind::Name, child),
            Kinds::string_literal => self.string(child),
            Kinds::character_literal => self.character(child),
            Kinds::decimal_integer_literal
            | Kinds::hex_integer_literal
            | Kinds::octal_integer_literal
            | Kinds::binary_integer_literal
            | Kinds::decimal_floating_point_literal
            | Kinds::hex_floating_point_literal => self.number(child),
            Kinds::r#true | Kinds::r#false => self.leaf(Kind::Bool, child),
            Kinds::null_literal => self.leaf(Kind::Null, child),
            Kinds::this => self.leaf(Kind::This, child),
            Kinds::super_keyword => self.leaf(Kind::Super, child),
            Kinds::method_invocation => self.call(child),
            Kinds::field_access => self.field_access(child),
            Kinds::scoped_identifier => {
                let kids = self.kids(child);
                let mut parts = kids.named();
                let object = self.lower_or_nothing(parts.next(), span.start);
                let name = self.lower_or_nothing(parts.next(), span.end);
                self.build.node(Kind::Member, span, vec![object, name])
            }
            Kinds::array_access => {
                let kids = self.kids(child);
                let array = self.field_or_nothing(&kids, Fields::array, span.start);
                let index = self.field_or_nothing(&kids, Fields::index, span.end);
                self.build.node(Kind::Index, span, vec![array, index])
            }
            Kinds::class_literal => {
                let kids = self.kids(child);
                let object = self.lower_or_nothing(kids.named().next(), span.start);
                let place = kids.all().last().map_or(Span::empty(span.end), |kid| kid.span());
                let name = self.build.leaf(Kind::Name, place, "class");
                self.build.node(Kind::Member, span, vec![object, name])
            }
            Kinds::parenthesized_expression => self.lower_first(child),
            Kinds::argument_list | Kinds::annotation_argument_list => self.node_of_all(child, Kind::Args),
            Kinds::array_initializer | Kinds::element_value_array_initializer => {
                self.node_of_all(child, Kind::List)
            }
            _ => return None,
        })
    }

    /// Operators, functions and creations; none for other kinds.
    pub(super) fn expression(&mut self, child: Node<'t>) -> Option<Draft> {
        let span = child.span();
        Some(match child.kind {
            Kinds::binary_expression => self.binary(child, Self::operands),
            Kinds::assignment_expression => {
                let kids = self.kids(child);
                let operator = kids
                    .field(Fields::operator)
                    .map_or("", |operator| self.text_of(operator));
                let target = self.field_or_nothing(&kids, Fields::left, span.start);
                let value = self.field_or_nothing(&kids, Fields::right, span.end);
                let draft = self.build.node(Kind::Assign, span, vec![target, value]);
                match operator.strip_suffix('=') {
                    None | Some("") => draft,
                    Some(operator) => self.build.operator(draft, operator_of(operator)),
                }
            }
            Kinds::unary_expression => {
                let kids = self.kids(child);
                let operator = kids
                    .field(Fields::operator)
                    .map_or("", |operator| self.text_of(operator));
                let operator = operator_of(operator);
                let operand = self.field_or_nothing(&kids, Fields::operand, span.end);
                let draft = self.build.node(Kind::Unary, span, vec![operand]);
                self.build.operator(draft, operator)
            }
            Kinds::update_expression => self.updated(child),
            Kinds::ternary_expression => {
                let kids = self.kids(child);
                let condition = self.field_or_nothing(&kids, Fields::condition, span.start);
                let then = self.field_or_nothing(&kids, Fields::consequence, span.end);
                let otherwise = self.field_or_nothing(&kids, Fields::alternative, span.end);
                let children = vec![condition, then, otherwise];
                self.build.node(Kind::Conditional, span, children)
            }
            Kinds::cast_expression => self.cast(child),
            Kinds::instanceof_expression => self.instance_of(child),
            Kinds::lambda_expression => self.lambda(child),
            Kinds::method_reference => self.method_reference(child),
            Kinds::object_creation_expression => self.creation(child),
            Kinds::array_creation_expression => self.array_creation(child),
            Kinds::switch_expression => self.switch(child),
            Kinds::template_expression => {
                let kids = self.kids(child);
                let callee = self.field_or_nothing(&kids, Fields::template_processor, span.start);
                let template = self.field_or_nothing(&kids, Fields::template_argument, span.end);
                let place = self.build.span(template);
                let arguments = self.build.node(Kind::Args, place, vec![template]);
                let draft = self.build.node(Kind::Call, span, vec![callee, arguments]);
                self.build.flag(draft, Flags::TAGGED)
            }
            Kinds::element_value_pair => {
                let kids = self.kids(child);
                let key = self.field_or_nothing(&kids, Fields::key, span.start);
                let value = self.field_or_nothing(&kids, Fields::value, span.end);
                self.build.node(Kind::Keyword, span, vec![key, value])
            }
            _ => return None,
        })
    }

    /// Arguments of a call; none, at byte `at`, when the text breaks off before them.
    pub(super) fn arguments(&mut self, kids: &Kids<'t, Java>, at: u32) -> Draft {
        match kids.field(Fields::arguments) {
            Some(list) => self.node_of_all(list, Kind::Args),
            None => self.build.node(Kind::Args, Span::empty(at), Vec::new()),
        }
    }

    fn call(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let object = match kids.kind(Kinds::super_keyword) {
            Some(above) => Some(self.lower(above)),
            None => kids.field(Fields::object).map(|object| self.lower(object)),
        };
        let name = self.field_or_nothing(&kids, Fields::name, span.start);
        let callee = match object {
            Some(object) => {
                let place = self.build.span(object).to(self.build.span(name));
                self.build.node(Kind::Member, place, vec![object, name])
            }
            None => name,
        };
        let arguments = self.arguments(&kids, span.end);
        self.build.node(Kind::Call, span, vec![callee, arguments])
    }

    /// `a.b`, `super.b`, and `Outer.this`, which is an object and no field.
    fn field_access(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        if kids
            .field(Fields::field)
            .is_some_and(|field| field.kind == Kinds::this)
        {
            return self.build.leaf(Kind::This, span, "this");
        }
        let object = match kids.kind(Kinds::super_keyword) {
            Some(above) => self.lower(above),
            None => self.field_or_nothing(&kids, Fields::object, span.start),
        };
        let name = self.field_or_nothing(&kids, Fields::field, span.end);
        self.build.node(Kind::Member, span, vec![object, name])
    }

    fn operands(&mut self, child: Node<'t>) -> Option<(Node<'t>, Operator, Node<'t>)> {
        if child.kind != Kinds::binary_expression {
            return None;
        }
        let kids = self.kids(child);
        let operator = self.text_of(kids.field(Fields::operator)?);
        Some((
            kids.field(Fields::left)?,
            operator_of(operator),
            kids.field(Fields::right)?,
        ))
    }

    fn updated(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let prefix = kids.all().next().is_some_and(|first| !first.named);
        let operator = if kids.has(Kinds::Increment) {
            Operator::Plus
        } else {
            Operator::Minus
        };
        let operand = self.lower_or_nothing(kids.named().next(), child.span().end);
        let draft = self.build.node(Kind::Update, child.span(), vec![operand]);
        let draft = self.build.operator(draft, operator);
        if prefix {
            return self.build.flag(draft, Flags::PREFIX);
        }
        draft
    }

    fn cast(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let nodes: Vec<Node<'t>> = kids.fields(Fields::r#type).collect();
        let mut types = Vec::with_capacity(nodes.len());
        for node in nodes {
            types.push(self.type_of(node));
        }
        let kind = self.one_or_tuple(types, span.start);
        let operand = self.field_or_nothing(&kids, Fields::value, span.end);
        self.build.node(Kind::Cast, span, vec![kind, operand])
    }

    fn lambda(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let start = Span::empty(span.start);
        let parameters = match kids.field(Fields::parameters) {
            Some(list) if list.kind == Kinds::formal_parameters => self.parameters(list),
            Some(list) if list.kind == Kinds::inferred_parameters => {
                let below = self.kids(list);
                let parameters = below.named().map(|name| self.untyped_parameter(name)).collect();
                self.build.node(Kind::Params, list.span(), parameters)
            }
            Some(only) => {
                let parameter = self.untyped_parameter(only);
                self.build.node(Kind::Params, only.span(), vec![parameter])
            }
            None => self.build.node(Kind::Params, start, Vec::new()),
        };
        let returned = self.build.nothing(self.build.span(parameters).end);
        let body = match kids.field(Fields::body) {
            Some(block) if block.kind == Kinds::block => self.block(block),
            other => self.lower_or_nothing(other, span.end),
        };
        let children = vec![parameters, returned, body];
        self.build.node(Kind::Lambda, span, children)
    }

    fn method_reference(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let mut parts = kids.named().filter(|kid| kid.kind != Kinds::type_arguments);
        let object = self.lower_or_nothing(parts.next(), span.start);
        let name = match (parts.next(), kids.kind(Kinds::New)) {
            (Some(name), _) => self.lower(name),
            (None, Some(new)) => self.leaf(Kind::Name, new),
            (None, None) => self.build.nothing(span.end),
        };
        self.build.node(Kind::MethodReference, span, vec![object, name])
    }

    /// `new T(…) {…}`, and `outer.new T(…)`, whose type is a member of the outer object.
    fn creation(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let created = match kids.field(Fields::r#type) {
            Some(created) => self.type_of(created),
            None => self.build.nothing(span.start),
        };
        let outer = kids
            .all()
            .next()
            .filter(|first| first.named && !is_annotation(first.kind));
        let created = match outer {
            Some(outer) => {
                let object = self.lower(outer);
                let place = Span {
                    start: span.start,
                    end: self.build.span(created).end,
                };
                let member = self.build.node(Kind::Member, place, vec![object, created]);
                self.build.node(Kind::Type, place, vec![member])
            }
            None => created,
        };
        let arguments = self.arguments(&kids, self.build.span(created).end);
        let body = match kids.kind(Kinds::class_body) {
            Some(body) => self.block(body),
            None => self.build.nothing(span.end),
        };
        let children = vec![created, arguments, body];
        self.build.node(Kind::New, span, children)
    }

    /// `new T[n]` is a creation with the sizes as arguments, `new T[] {…}` a composite.
    fn array_creation(&mut self, child: Node<'t>) -> Draft {
        let kids = self.kids(child);
        let span = child.span();
        let mut sizes = Vec::new();
        let mut place = Span::empty(span.end);
        for sized in kids.named().filter(|kid| kid.kind == Kinds::dimensions_expr) {
            let below = self.kids(sized);
            place.start = place.start.min(sized.span().start);
            place.end = sized.span().end;
            if let Some(size) = below.named().find(|kid| !is_annotation(kid.kind)) {
                sizes.push(self.lower(size));
            }
        }
        let dimensions = sizes.len() + self.dimensions(&kids);
        let created = self.declared_as(kids.field(Fields::r#type), dimensions, span.start);
        if let Some(initial) = kids.field(Fields::value) {
            let below = self.kids(initial);
            let mut children = vec![created];
            children.extend(self.lower_all(below.named()));
            return self.build.node(Kind::Composite, span, children);
        }
        let arguments = self.build.node(Kind::Args, place, sizes);
        let body = self.build.nothing(span.end);
        let children = vec![created, arguments, body];
        self.build.node(Kind::New, span, children)
    }
}

/// The operator that a token stands for.
fn operator_of(token: &str) -> Operator {
    match token {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Times,
        "/" => Operator::Divide,
        "%" => Operator::Modulo,
        "&&" => Operator::And,
        "||" => Operator::Or,
        "!" => Operator::Not,
        "&" => Operator::BitAnd,
        "|" => Operator::BitOr,
        "^" => Operator::BitXor,
        "~" => Operator::BitNot,
        "<<" => Operator::ShiftLeft,
        ">>" => Operator::ShiftRight,
        ">>>" => Operator::ShiftRightUnsigned,
        "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        _ => Operator::Other,
    }
}
