//! Expressions of JavaScript.

use super::{Fields, Kinds, Node, Script};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::kind::{Kind, Operator};

impl<'t> Script<'t> {
    /// Names, literals, and what has a fixed number of operands; none for other kinds.
    pub(super) fn simple_expression(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::identifier
            | Kinds::property_identifier
            | Kinds::private_property_identifier
            | Kinds::statement_identifier
            | Kinds::type_identifier
            | Kinds::import
            | Kinds::predefined_type => self.name(node),
            Kinds::string => self.string(node),
            Kinds::number => self.number(node),
            Kinds::regex => self.regex(node),
            Kinds::template_string => self.template(node),
            Kinds::r#true => self.build.leaf(Kind::Bool, span, "true"),
            Kinds::r#false => self.build.leaf(Kind::Bool, span, "false"),
            Kinds::null | Kinds::undefined => self.leaf(Kind::Null, node),
            Kinds::this | Kinds::this_type => self.build.node(Kind::This, span, Vec::new()),
            // The word cannot name a kind here.
            Kinds::Unknown if node.node.kind() == "super" => self.build.node(Kind::Super, span, Vec::new()),
            Kinds::member_expression | Kinds::nested_identifier | Kinds::nested_type_identifier => {
                self.member(node)
            }
            Kinds::meta_property => self.meta_property(node),
            Kinds::subscript_expression => self.subscript(node),
            Kinds::call_expression => self.call(node),
            Kinds::new_expression => self.creation(node),
            Kinds::binary_expression => self.operation(node),
            Kinds::unary_expression => self.unary(node),
            Kinds::update_expression => self.update(node),
            Kinds::assignment_expression => self.assignment(node, Operator::None),
            Kinds::augmented_assignment_expression => self.augmented(node),
            Kinds::ternary_expression => self.conditional(node),
            _ => return None,
        })
    }

    /// Containers, and expressions that mean what is within them; none for other kinds.
    pub(super) fn compound_expression(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::parenthesized_expression => self.parenthesized(node),
            Kinds::sequence_expression => self.gather(Kind::Tuple, node),
            Kinds::array => self.array(node),
            Kinds::object => self.object(node),
            Kinds::arguments => self.gather(Kind::Args, node),
            Kinds::spread_element => {
                let value = self.inner(node);
                let draft = self.lay(Kind::Spread, span, [value]);
                self.build.operator(draft, Operator::Times)
            }
            Kinds::await_expression => {
                let operand = self.inner(node);
                self.lay(Kind::Await, span, [operand])
            }
            Kinds::yield_expression => {
                let from = self.kids(node).has(Kinds::Star);
                let operand = self.inner(node);
                let draft = self.lay(Kind::Yield, span, [operand]);
                self.build
                    .flag(draft, if from { Flags::SPREAD } else { Flags::NONE })
            }
            Kinds::arrow_function | Kinds::function_expression | Kinds::generator_function => {
                self.function(node, &[])
            }
            Kinds::class => self.class(node, &[]),
            Kinds::computed_property_name
            | Kinds::non_null_expression
            | Kinds::satisfies_expression
            | Kinds::instantiation_expression => self.operand(node),
            Kinds::as_expression | Kinds::type_assertion => self.cast(node),
            _ => return None,
        })
    }

    /// What an expression is that adds nothing at run time.
    fn operand(&mut self, node: Node<'t>) -> Draft {
        let first = self.inner(node);
        first.unwrap_or_else(|| self.build.nothing(node.span().end))
    }

    /// `(x)`, and `(x: T)` of Flow.
    fn parenthesized(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let Some(written) = kids.field(Fields::r#type) else {
            return self.operand(node);
        };
        let written = self.lower(written);
        let operand = kids.named().find(|kid| kid.field != Fields::r#type);
        let operand = operand.map(|kid| self.lower(kid));
        self.lay(Kind::Cast, node.span(), [Some(written), operand])
    }

    fn member(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut ends = kids.named().filter(|kid| kid.kind != Kinds::optional_chain);
        let object = ends.next().map(|kid| self.lower(kid));
        let name = ends.next_back().map(|kid| self.lower(kid));
        let draft = self.lay(Kind::Member, node.span(), [object, name]);
        self.optional(draft, kids.has(Kinds::optional_chain))
    }

    /// `new.target` and `import.meta`.
    fn meta_property(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut words = kids.all();
        let object = words.next().map(|kid| self.leaf(Kind::Name, kid));
        let name = words.next_back().map(|kid| self.leaf(Kind::Name, kid));
        self.lay(Kind::Member, node.span(), [object, name])
    }

    fn subscript(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let object = self.field(&kids, Fields::object);
        let index = self.field(&kids, Fields::index);
        let draft = self.lay(Kind::Index, node.span(), [object, index]);
        self.optional(draft, kids.has(Kinds::optional_chain))
    }

    /// A call, or a template with a tag.
    fn call(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let callee = self.field(&kids, Fields::function);
        let arguments = kids.field(Fields::arguments);
        if let Some(template) = arguments.filter(|kid| kid.kind == Kinds::template_string) {
            let parts = self.template_parts(template);
            let template_node = self.build.node(Kind::Template, template.span(), parts);
            let arguments = self.build.node(Kind::Args, template.span(), vec![template_node]);
            let draft = self.lay(Kind::Call, node.span(), [callee, Some(arguments)]);
            return self.build.flag(draft, Flags::TAGGED);
        }
        let arguments = self.arguments(arguments, node.span().end);
        let draft = self.lay(Kind::Call, node.span(), [callee, Some(arguments)]);
        let optional = kids.has(Kinds::optional_chain) || kids.has(Kinds::OptionalChain);
        self.optional(draft, optional)
    }

    fn creation(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let class = self.field(&kids, Fields::constructor);
        let arguments = self.arguments(kids.field(Fields::arguments), node.span().end);
        self.lay(Kind::New, node.span(), [class, Some(arguments), None])
    }

    fn arguments(&mut self, node: Option<Node<'t>>, at: u32) -> Draft {
        match node {
            Some(node) => self.lower(node),
            None => self.empty(Kind::Args, at),
        }
    }

    fn optional(&mut self, draft: Draft, optional: bool) -> Draft {
        let flags = if optional { Flags::OPTIONAL } else { Flags::NONE };
        self.build.flag(draft, flags)
    }

    /// Two operands, `instanceof` apart.
    fn operation(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let operator = kids.field(Fields::operator);
        if operator.is_some_and(|operator| self.text_of(operator) == "instanceof") {
            let operand = self.field(&kids, Fields::left);
            let class = self.field(&kids, Fields::right);
            return self.lay(Kind::TypeTest, node.span(), [operand, class, None]);
        }
        self.binary(node, Self::operands)
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
        let operand = self.field(&kids, Fields::argument);
        let draft = self.lay(Kind::Unary, node.span(), [operand]);
        let operator = match operator {
            "!" => Operator::Not,
            "~" => Operator::BitNot,
            "-" => Operator::Minus,
            "+" => Operator::Plus,
            "typeof" => Operator::TypeOf,
            "void" => Operator::Void,
            "delete" => Operator::Delete,
            other => {
                self.build.name(draft, other);
                Operator::Other
            }
        };
        self.build.operator(draft, operator)
    }

    fn update(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let operand = self.field(&kids, Fields::argument);
        let draft = self.lay(Kind::Update, node.span(), [operand]);
        let Some(operator) = kids.field(Fields::operator) else {
            return draft;
        };
        let prefix = operator.span().start == node.span().start;
        self.build
            .flag(draft, if prefix { Flags::PREFIX } else { Flags::NONE });
        let plus = self.text_of(operator) == "++";
        self.build
            .operator(draft, if plus { Operator::Plus } else { Operator::Minus })
    }

    fn augmented(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let operator = kids.field(Fields::operator).map_or("", |kid| self.text_of(kid));
        let operator = operator.strip_suffix('=').and_then(operator_of);
        self.assignment(node, operator.unwrap_or(Operator::Other))
    }

    fn assignment(&mut self, node: Node<'t>, operator: Operator) -> Draft {
        let kids = self.kids(node);
        let target = self.field(&kids, Fields::left);
        let value = self.field(&kids, Fields::right);
        let draft = self.lay(Kind::Assign, node.span(), [target, value]);
        self.build.operator(draft, operator)
    }

    fn conditional(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let condition = self.field(&kids, Fields::condition);
        let then = self.field(&kids, Fields::consequence);
        let otherwise = self.field(&kids, Fields::alternative);
        self.lay(Kind::Conditional, node.span(), [condition, then, otherwise])
    }

    /// `x as T` and `<T>x`; `x as const` changes nothing at run time and names no type.
    fn cast(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut named = kids.named();
        let first = named.next();
        let (operand, written) = match (node.kind, first, named.next()) {
            (Kinds::type_assertion, written, operand) => (operand, written),
            (_, operand, written) => (operand, written),
        };
        let operand = operand.map(|kid| self.lower(kid));
        let written = match written {
            Some(list) if list.kind == Kinds::type_arguments => self.type_list(list).first().copied(),
            Some(written) => Some(self.written_type(written)),
            None => return operand.unwrap_or_else(|| self.build.nothing(node.span().end)),
        };
        self.lay(Kind::Cast, node.span(), [written, operand])
    }

    fn array(&mut self, node: Node<'t>) -> Draft {
        let elements = self.elements(node);
        self.build.node(Kind::List, node.span(), elements)
    }

    /// What stands between the commas of a list; a place that is left out is nothing.
    pub(super) fn elements(&mut self, node: Node<'t>) -> Vec<Draft> {
        let kids = self.kids(node);
        let mut elements = Vec::new();
        let mut filled = false;
        for kid in kids.all() {
            if kid.kind == Kinds::Comma {
                if !filled {
                    elements.push(self.build.nothing(kid.span().start));
                }
                filled = false;
            } else if kid.named {
                elements.push(self.lower(kid));
                filled = true;
            }
        }
        elements
    }

    fn object(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut entries = Vec::new();
        for kid in kids.named() {
            let entry = match kid.kind {
                Kinds::pair => {
                    let parts = self.kids(kid);
                    let key = parts.field(Fields::key).map(|key| self.key(key));
                    let value = self.field(&parts, Fields::value);
                    self.lay(Kind::Pair, kid.span(), [key, value])
                }
                Kinds::shorthand_property_identifier => self.shorthand(kid, None),
                _ => self.lower(kid),
            };
            entries.push(entry);
        }
        self.build.node(Kind::Map, node.span(), entries)
    }

    /// The key of an entry: a plain name is the text that it stands for.
    pub(super) fn key(&mut self, node: Node<'t>) -> Draft {
        match node.kind {
            Kinds::property_identifier => {
                let name = self.text_of(node);
                self.build.leaf(Kind::Str, node.span(), name)
            }
            _ => self.lower(node),
        }
    }

    /// `{x}`, which is `{x: x}`; and `{x = 1}` of a pattern, whose value then is an assignment of that span.
    pub(super) fn shorthand(&mut self, node: Node<'t>, default: Option<(Draft, Span)>) -> Draft {
        let text = self.text_of(node);
        let key = self.build.leaf(Kind::Str, node.span(), text);
        self.build.flag(key, Flags::IMPLIED);
        let name = self.name(node);
        let (value, span) = match default {
            None => (name, node.span()),
            Some((default, span)) => (self.lay(Kind::Assign, span, [Some(name), Some(default)]), span),
        };
        self.lay(Kind::Pair, span, [Some(key), Some(value)])
    }
}

/// An operator between two operands.
fn operator_of(text: &str) -> Option<Operator> {
    Some(match text {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Times,
        "/" => Operator::Divide,
        "%" => Operator::Modulo,
        "**" => Operator::Power,
        "&&" => Operator::And,
        "||" => Operator::Or,
        "??" => Operator::Coalesce,
        "&" => Operator::BitAnd,
        "|" => Operator::BitOr,
        "^" => Operator::BitXor,
        "<<" => Operator::ShiftLeft,
        ">>" => Operator::ShiftRight,
        ">>>" => Operator::ShiftRightUnsigned,
        "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "===" => Operator::Identical,
        "!==" => Operator::NotIdentical,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "in" => Operator::In,
        _ => return None,
    })
}
