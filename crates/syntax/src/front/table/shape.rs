//! What a node of a grammar becomes, by the row of its kind.

use super::parts::Parts;
use super::text::MARKS;
use super::{Becomes, Node, Pick, Quotes, Reader, Slot, is_among};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::kind::{Kind, Operator};
use crate::pattern::is_statement;

/// Parts of a dotted name, at most, that become members.
const MAX_PARTS: usize = 64;

/// What each becomes is a function of its own, however short: they call one another as deep as a text is nested, and a function takes room on the
/// stack for everything that it could do.
impl<'t> Reader<'t> {
    /// The node of ours for a node of the grammar.
    pub(super) fn shaped(&mut self, node: Node<'t>, becomes: &'static Becomes) -> Draft {
        match becomes {
            Becomes::Leaf(kind) => self.leaf(*kind, node),
            Becomes::Word(kind, text) => self.build.leaf(*kind, node.span(), text),
            Becomes::Number => self.number(node),
            Becomes::NameOrWord => self.name_or_word(node),
            Becomes::Truth => self.truth(node),
            Becomes::Same => self.same(node),
            Becomes::Only(slot) => self.only(node, slot),
            Becomes::Skip => self.build.nothing(node.span().start),
            Becomes::Splice | Becomes::Declare(_) | Becomes::Imports | Becomes::Declarators => {
                self.several(node)
            }
            Becomes::Block => self.block(node),
            Becomes::Dotted => self.dotted(node),
            Becomes::Node(kind, slots) => self.laid(node, *kind, slots),
            Becomes::Marked(kind, operator, slots) => self.marked(node, *kind, *operator, slots),
            Becomes::Flagged(kind, flags, slots) => self.flagged(node, *kind, *flags, slots),
            Becomes::Named(name, slots) => self.named_other(node, name, slots),
            Becomes::Class(slots) => self.class(node, slots),
            Becomes::Text(quotes) => self.quoted(node, quotes),
            Becomes::TextIn(quotes) => self.quoted_in(node, quotes),
            Becomes::Symbol => self.symbol(node),
            Becomes::Joined => self.joined(node),
            _ => self.shaped_with_more(node, becomes),
        }
    }

    fn shaped_with_more(&mut self, node: Node<'t>, becomes: &'static Becomes) -> Draft {
        match becomes {
            Becomes::Binary => self.binary(node, Self::operands),
            Becomes::Unary => self.unary(node),
            Becomes::Compared => self.compared(node),
            Becomes::Assign => self.assignment(node),
            Becomes::Call {
                callee,
                arguments,
                bare,
            } => self.called(node, callee, arguments, *bare),
            Becomes::Infix => self.infix(node),
            Becomes::UserType => self.user_type(node),
            Becomes::NamedArgument => self.named_argument(node),
            Becomes::WordCall => self.word_call(node),
            Becomes::Params(pick) => self.params(node, pick),
            Becomes::Argument { name, value } => self.argument(node, name, value),
            Becomes::PairOrOne => self.pair_or_one(node),
            Becomes::ListOrMap => self.list_or_map(node),
            Becomes::Values(kind) => self.values(node, *kind),
            Becomes::Guarded(guards) => self.guarded(node, guards),
            Becomes::Switch { subject, cases } => self.switched(node, subject, cases),
            Becomes::Generic => self.generic(node),
            Becomes::Conditioned => self.conditioned(node),
            Becomes::Namespace => self.namespace(node),
            Becomes::Annotated { name, arguments } => self.annotated(node, name, arguments),
            Becomes::Command => self.command(node),
            Becomes::Chain(sign) => self.chain(node, sign),
            Becomes::Reached => self.reached(node),
            Becomes::Statement => self.expression_statement(node),
            Becomes::ClassOrName => self.class_or_name(node),
            Becomes::DeclaredFunction => self.declared_function(node),
            Becomes::DeclaredParam => self.declared_param(node),
            Becomes::DescribedType => self.described_type(node),
            _ => self.other(node),
        }
    }

    fn number(&mut self, node: Node<'t>) -> Draft {
        let text = self.text_of(node).replace('_', "");
        self.build.leaf(Kind::Number, node.span(), &text)
    }

    fn truth(&mut self, node: Node<'t>) -> Draft {
        let text = self.text_of(node).to_ascii_lowercase();
        self.build.leaf(Kind::Bool, node.span(), &text)
    }

    fn only(&mut self, node: Node<'t>, slot: &'static Slot) -> Draft {
        let mut parts = Parts::of(self, node);
        let at = node.span().start;
        let draft = self.in_slot(node, &mut parts, slot, at);
        draft.unwrap_or_else(|| self.build.nothing(at))
    }

    fn marked(&mut self, node: Node<'t>, kind: Kind, operator: Operator, slots: &'static [Slot]) -> Draft {
        let draft = self.laid(node, kind, slots);
        self.build.operator(draft, operator)
    }

    fn flagged(&mut self, node: Node<'t>, kind: Kind, flags: Flags, slots: &'static [Slot]) -> Draft {
        let draft = self.laid(node, kind, slots);
        self.build.flag(draft, flags)
    }

    fn compared(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let token = kids.all().find(|kid| !kid.named);
        let operator = token.map_or(Operator::None, |token| operator_of(self.text_of(token)));
        let draft = self.other(node);
        self.build.operator(draft, operator)
    }

    fn named_other(&mut self, node: Node<'t>, name: &str, slots: &'static [Slot]) -> Draft {
        let draft = self.laid(node, Kind::Other, slots);
        self.build.name(draft, name)
    }

    fn class(&mut self, node: Node<'t>, slots: &'static [Slot]) -> Draft {
        let draft = self.laid(node, Kind::Class, slots);
        let operator = self.class_operator(node);
        self.build.operator(draft, operator)
    }

    fn quoted_in(&mut self, node: Node<'t>, quotes: &Quotes) -> Draft {
        let text = self.quoted(node, quotes);
        let draft = self.build.node(Kind::Other, node.span(), vec![text]);
        self.build.name(draft, node.node.kind())
    }

    /// Words in a row; one that is itself made from what a command prints stands alone. What is set for this command alone is no assignment.
    fn command(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut words = Vec::new();
        for kid in kids.named() {
            let draft = self.lower(kid);
            words.push(match self.build.kind(draft) {
                Kind::Assign => {
                    let parts = self.build.children(draft).to_vec();
                    self.build.node(Kind::Pair, kid.span(), parts)
                }
                _ => draft,
            });
        }
        if let [only] = words.as_slice()
            && matches!(self.build.kind(*only), Kind::Other)
        {
            return *only;
        }
        let draft = self.build.node(Kind::Other, node.span(), words);
        self.build.name(draft, "command")
    }

    fn chain(&mut self, node: Node<'t>, sign: &str) -> Draft {
        let kids = self.kids(node);
        let mut whole: Option<Draft> = None;
        for kid in kids.named().take(MAX_PARTS) {
            let operand = self.lower(kid);
            whole = Some(match whole {
                None => operand,
                Some(left) => {
                    let span = self.build.span(left).to(self.build.span(operand));
                    let draft = self.build.node(Kind::Binary, span, vec![left, operand]);
                    self.build.name(draft, sign);
                    self.build.operator(draft, Operator::Other)
                }
            });
        }
        whole.unwrap_or_else(|| self.other(node))
    }

    fn named_argument(&mut self, node: Node<'t>) -> Draft {
        let named = self
            .kids(node)
            .all()
            .any(|kid| !kid.named && kid.node.kind() == "=");
        if named {
            self.argument(node, &Pick::Nth(0), &Pick::Nth(1))
        } else {
            self.same(node)
        }
    }

    fn pair_or_one(&mut self, node: Node<'t>) -> Draft {
        let nodes: Vec<Node<'t>> = self.kids(node).named().collect();
        let [key, value] = nodes.as_slice() else {
            return self.same(node);
        };
        let (key, value) = (self.lower(*key), self.lower(*value));
        self.build.node(Kind::Pair, node.span(), vec![key, value])
    }

    fn list_or_map(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let entries = self.lower_all(kids.named());
        let pairs = entries.iter().any(|&one| self.build.kind(one) == Kind::Pair);
        let kind = if pairs { Kind::Map } else { Kind::List };
        self.build.node(kind, node.span(), entries)
    }

    fn expression_statement(&mut self, node: Node<'t>) -> Draft {
        let inner = self.kids(node).named().next();
        match inner {
            Some(inner) => {
                let inner = self.lower(inner);
                if is_statement(self.build.kind(inner)) {
                    return inner;
                }
                self.build.node(Kind::Expression, node.span(), vec![inner])
            }
            None => self.empty(Kind::Pass, node.span().start),
        }
    }

    /// A symbol: what names it, without the marks around it.
    fn symbol(&mut self, node: Node<'t>) -> Draft {
        let written = self.text_of(node);
        let name = if written.contains(['"', '\'']) {
            self.quoted(node, &super::TEXT)
        } else {
            let name = written.trim_start_matches(':');
            let mut span = node.span();
            span.start = span.end.saturating_sub(u32::try_from(name.len()).unwrap_or(0));
            self.build.leaf(Kind::Name, span, name)
        };
        let draft = self.build.node(Kind::Other, node.span(), vec![name]);
        self.build.name(draft, "symbol")
    }

    /// What the first node in it becomes.
    fn same(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let inner = kids.named().find(|kid| !is_among(MARKS, kid.node.kind()));
        let token = || kids.all().find(|kid| kid.kind.0.is_some());
        match inner.or_else(token) {
            Some(inner) => self.lower(inner),
            // A keyword that is a type (`int` of PHP), or a name that a token is.
            None => self.leaf(Kind::Name, node),
        }
    }

    /// Statements where one node is wanted.
    fn several(&mut self, node: Node<'t>) -> Draft {
        let mut statements = Vec::new();
        self.as_statements(node, &mut statements);
        match statements.as_slice() {
            [only] => *only,
            _ => self.build.node(Kind::Block, node.span(), statements),
        }
    }

    /// `a::b.c` as members of one another.
    fn dotted(&mut self, node: Node<'t>) -> Draft {
        let text = self.text_of(node);
        let base = node.span().start;
        if text.split(['.', ':', '\\']).count() > MAX_PARTS {
            return self.leaf(Kind::Name, node);
        }
        let mut whole: Option<Draft> = None;
        let mut at = 0;
        for part in text.split(['.', ':', '\\']) {
            let from = at;
            at += part.len() + 1;
            let name = part.trim();
            if name.is_empty() {
                continue;
            }
            let number = |at: usize| base + u32::try_from(at).unwrap_or(0);
            let start = from + (part.len() - part.trim_start().len());
            let span = Span {
                start: number(start),
                end: number(start + name.len()),
            };
            let name = self.build.leaf(Kind::Name, span, name);
            whole = Some(match whole {
                Some(object) => {
                    let span = self.build.span(object).to(span);
                    self.build.node(Kind::Member, span, vec![object, name])
                }
                None => name,
            });
        }
        whole.unwrap_or_else(|| self.leaf(Kind::Name, node))
    }

    /// A type as written.
    pub(super) fn typed(&mut self, node: Node<'t>) -> Draft {
        let inner = self.lower(node);
        if self.build.kind(inner) == Kind::Type {
            return inner;
        }
        self.build.node(Kind::Type, node.span(), vec![inner])
    }

    pub(super) fn modifiers(&mut self, parts: &mut Parts<'t>, names: &str, at: u32) -> Draft {
        let mut all = Vec::new();
        for kid in parts.named(names) {
            if kid.kind.0.is_none() {
                let text = self.text_of(kid).trim();
                all.push(self.build.leaf(Kind::Name, kid.span(), text));
                continue;
            }
            let draft = self.lower(kid);
            match self.build.kind(draft) {
                Kind::Modifiers => all.extend_from_slice(self.build.children(draft)),
                Kind::Nothing => {}
                _ => all.push(draft),
            }
        }
        self.enclose(Kind::Modifiers, all, at)
    }

    fn name_or_word(&mut self, node: Node<'t>) -> Draft {
        let kind = match self.text_of(node) {
            "true" | "false" => Kind::Bool,
            "null" => Kind::Null,
            "break" => return self.lay(Kind::Break, node.span(), [None]),
            "continue" => return self.lay(Kind::Continue, node.span(), [None]),
            _ => Kind::Name,
        };
        self.leaf(kind, node)
    }

    fn infix(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let nodes: Vec<Node<'t>> = kids.named().collect();
        let [left, name, right] = nodes.as_slice() else {
            return self.other(node);
        };
        let (left, right) = (self.lower(*left), self.lower(*right));
        let text = self.text_of(*name);
        let draft = self.build.node(Kind::Binary, node.span(), vec![left, right]);
        self.build.name(draft, text);
        self.build.operator(draft, operator_of(text))
    }

    /// `a.B<C>`.
    fn user_type(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut whole: Option<Draft> = None;
        for kid in kids.named().take(MAX_PARTS) {
            let span = node.span().to(kid.span());
            whole = match (whole, kid.node.kind()) {
                (Some(base), "type_arguments") => {
                    let types = self.kids(kid);
                    let mut children = vec![base];
                    children.extend(types.named().map(|one| self.typed(one)));
                    Some(self.build.node(Kind::Generic, span, children))
                }
                (Some(object), _) => {
                    let name = self.lower(kid);
                    Some(self.build.node(Kind::Member, span, vec![object, name]))
                }
                (None, _) => Some(self.lower(kid)),
            };
        }
        whole.unwrap_or_else(|| self.other(node))
    }

    fn generic(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let mut named = kids.named();
        let Some(base) = named.next() else {
            return self.other(node);
        };
        let mut children = vec![self.lower(base)];
        for list in named {
            let types = self.kids(list);
            children.extend(types.named().map(|one| self.typed(one)));
        }
        self.build.node(Kind::Generic, node.span(), children)
    }

    fn conditioned(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let nodes: Vec<Node<'t>> = kids.named().collect();
        let [object, part] = nodes.as_slice() else {
            return self.other(node);
        };
        let kind = match part.node.kind() {
            "element_binding_expression" => Kind::Index,
            _ => Kind::Member,
        };
        let (object, part) = (self.lower(*object), self.lower(*part));
        self.build.node(kind, node.span(), vec![object, part])
    }

    /// Which kind of class a declaration is of, by the first word that says so.
    pub(super) fn class_operator(&mut self, node: Node<'t>) -> Operator {
        let kids = self.kids(node);
        let words = kids.all().filter(|kid| !kid.named).map(|kid| kid.node.kind());
        let mut known = words.filter_map(|word| {
            Some(match word {
                "class" | "impl" | "object" | "companion" => Operator::Class,
                "interface" => Operator::Interface,
                "struct" | "union" => Operator::Struct,
                "enum" => Operator::Enumeration,
                "record" => Operator::Record,
                "trait" => Operator::Trait,
                "namespace" | "module" | "mod" => Operator::Namespace,
                _ => return None,
            })
        });
        known.next().unwrap_or(Operator::Class)
    }

    fn operands(&mut self, node: Node<'t>) -> Option<(Node<'t>, Operator, Node<'t>)> {
        if node.kind.0 != Some(&Becomes::Binary) {
            return None;
        }
        let kids = self.kids(node);
        let (left, right) = (kids.field("left")?, kids.field("right")?);
        let operator = kids
            .field("operator")
            .or_else(|| kids.all().find(|kid| !kid.named))?;
        Some((left, operator_of(self.text_of(operator)), right))
    }

    fn unary(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let operand = kids.field("argument").or_else(|| kids.field("operand"));
        let operand = operand.or_else(|| kids.named().next_back());
        let Some(operand) = operand else {
            return self.other(node);
        };
        let token = kids
            .field("operator")
            .or_else(|| kids.all().find(|kid| !kid.named));
        let text = token.map_or("", |token| self.text_of(token));
        let before = token.is_some_and(|token| token.span().start < operand.span().start);
        let inner = self.lower(operand);
        let step = match text {
            "++" => Some(Operator::Plus),
            "--" => Some(Operator::Minus),
            _ => None,
        };
        if let Some(step) = step {
            let draft = self.build.node(Kind::Update, node.span(), vec![inner]);
            if before {
                self.build.flag(draft, crate::ast::Flags::PREFIX);
            }
            return self.build.operator(draft, step);
        }
        if !before {
            // What asserts that a value is there (`!`, `!!`) changes nothing of it.
            return inner;
        }
        let operator = match text {
            "+" => Operator::Plus,
            "-" => Operator::Minus,
            "!" | "not" => Operator::Not,
            "~" | "compl" => Operator::BitNot,
            "*" => Operator::Dereference,
            "&" => Operator::AddressOf,
            _ => Operator::Other,
        };
        let draft = self.build.node(Kind::Unary, node.span(), vec![inner]);
        if operator == Operator::Other {
            self.build.name(draft, text);
        }
        self.build.operator(draft, operator)
    }

    fn assignment(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let target = self.field(&kids, "left");
        let value = self.field(&kids, "right");
        let sign = kids.field("operator").map_or("", |sign| self.text_of(sign));
        let draft = self.lay(Kind::Assign, node.span(), [target, value]);
        match sign.strip_suffix('=') {
            None | Some("") => draft,
            Some(operator) => self.build.operator(draft, operator_of(operator)),
        }
    }
}

/// An operator between two operands, in any of the languages.
pub(super) fn operator_of(text: &str) -> Operator {
    match text {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Times,
        "/" => Operator::Divide,
        "%" | "mod" => Operator::Modulo,
        "**" => Operator::Power,
        "&&" | "and" => Operator::And,
        "||" | "or" => Operator::Or,
        "&" | "bitand" => Operator::BitAnd,
        "|" | "bitor" => Operator::BitOr,
        "^" | "xor" => Operator::BitXor,
        "<<" => Operator::ShiftLeft,
        ">>" => Operator::ShiftRight,
        ">>>" => Operator::ShiftRightUnsigned,
        "==" => Operator::Equal,
        "!=" | "<>" => Operator::NotEqual,
        "===" => Operator::Identical,
        "!==" => Operator::NotIdentical,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "in" => Operator::In,
        "!in" => Operator::NotIn,
        "??" | "?:" => Operator::Coalesce,
        "." => Operator::Concatenate,
        _ => Operator::Other,
    }
}
