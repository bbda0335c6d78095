//! Declarations of Go: packages, imports, functions, types, variables.

use super::{Fields, Kinds, Node, Reader};
use crate::ast::{Flags, Span};
use crate::builder::Draft;
use crate::front::Kids;
use crate::kind::{Kind, Operator};

impl<'t> Reader<'t> {
    /// Declarations, and what stands within them; none for other kinds.
    pub(super) fn declaration(&mut self, node: Node<'t>) -> Option<Draft> {
        let span = node.span();
        Some(match node.kind {
            Kinds::package_clause => {
                let path = self.kids(node).named().next();
                let path = path.map(|path| self.leaf(Kind::Path, path));
                self.lay(Kind::Package, span, [path])
            }
            Kinds::function_declaration | Kinds::method_declaration | Kinds::method_elem => {
                self.function(node)
            }
            Kinds::parameter_list => self.parameters(node),
            Kinds::type_spec => self.type_spec(node),
            Kinds::type_alias => self.named_type(node),
            _ => return None,
        })
    }

    /// What one declaration or a group of them in parentheses declares; `word` is what it began with.
    pub(super) fn group(&mut self, node: Node<'t>, word: Option<Node<'t>>, into: &mut Vec<Draft>) {
        let kids = self.kids(node);
        let word = kids.kind(Kinds::Var).or_else(|| kids.kind(Kinds::Const)).or(word);
        let specs: Vec<_> = kids.named().collect();
        let alone = specs.len() == 1;
        match node.kind {
            Kinds::import_spec => into.push(self.import(node, &kids, node.span())),
            _ => {
                for spec in specs {
                    let span = if alone { node.span() } else { spec.span() };
                    match spec.kind {
                        Kinds::import_spec => {
                            let parts = self.kids(spec);
                            into.push(self.import(spec, &parts, span));
                        }
                        Kinds::import_spec_list | Kinds::var_spec_list => self.group(spec, word, into),
                        Kinds::var_spec | Kinds::const_spec => into.push(self.variable(spec, word, span)),
                        _ => into.push(self.lower(spec)),
                    }
                }
            }
        }
    }

    fn import(&mut self, node: Node<'t>, kids: &Kids<'t, super::Go>, span: Span) -> Draft {
        let span = if span.holds(node.span()) {
            span
        } else {
            node.span()
        };
        let name = self.field(kids, Fields::name);
        let path = kids.field(Fields::path).map(|path| {
            let value = self.string_value(path);
            self.build.leaf(Kind::Path, path.span(), &value)
        });
        self.lay(Kind::Import, span, [path, name])
    }

    /// `var a, b T = x, y`, and the same of constants.
    fn variable(&mut self, node: Node<'t>, word: Option<Node<'t>>, span: Span) -> Draft {
        let kids = self.kids(node);
        let modifiers = self.word(word, span);
        let names: Vec<_> = kids.fields(Fields::name).collect();
        let mut names = self.lower_all(names.into_iter());
        let target = match (names.pop(), names.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                names.extend(last);
                self.enclose(Kind::Tuple, names, span.start)
            }
        };
        let written = kids.field(Fields::r#type).map(|kid| self.written_type(kid));
        let value = kids.field(Fields::value).map(|kid| self.list(kid));
        self.lay(
            Kind::Variable,
            span,
            [Some(modifiers), Some(target), written, value],
        )
    }

    /// The word of a declaration as its modifier; within a group it stands elsewhere.
    fn word(&mut self, word: Option<Node<'t>>, span: Span) -> Draft {
        let name = match word {
            Some(word) if span.holds(word.span()) => Some(self.leaf(Kind::Name, word)),
            Some(word) => Some(self.implied(Kind::Name, span.start, self.text_of(word))),
            None => None,
        };
        self.enclose(Kind::Modifiers, Vec::from_iter(name), span.start)
    }

    fn function(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let span = node.span();
        let modifiers = self.empty(Kind::Modifiers, span.start);
        let name = self.field(&kids, Fields::name);
        let parameters = kids.field(Fields::parameters).map(|kid| self.parameters(kid));
        let parameters = parameters.unwrap_or_else(|| self.empty(Kind::Params, span.end));
        let result = self.result(&kids);
        let body = self.field(&kids, Fields::body);
        let receiver = kids.field(Fields::receiver);
        let receiver = receiver.and_then(|kid| self.parameters_of(kid).first().copied());
        let children = [Some(modifiers), name, Some(parameters), result, body, receiver];
        self.lay(Kind::Function, span, children)
    }

    pub(super) fn parameters(&mut self, node: Node<'t>) -> Draft {
        let parameters = self.parameters_of(node);
        self.build.node(Kind::Params, node.span(), parameters)
    }

    /// A parameter for each name; one without a name has only a type.
    pub(super) fn parameters_of(&mut self, node: Node<'t>) -> Vec<Draft> {
        let kids = self.kids(node);
        let mut parameters = Vec::new();
        for kid in kids.named() {
            if !matches!(
                kid.kind,
                Kinds::parameter_declaration | Kinds::variadic_parameter_declaration
            ) {
                parameters.push(self.lower(kid));
                continue;
            }
            let rest = kid.kind == Kinds::variadic_parameter_declaration;
            let operator = if rest { Operator::Times } else { Operator::None };
            let parts = self.kids(kid);
            let written = parts.field(Fields::r#type).map(|kid| self.written_type(kid));
            let names: Vec<_> = parts.fields(Fields::name).map(Some).collect();
            let names = if names.is_empty() { vec![None] } else { names };
            let last = names.len() - 1;
            for (place, name) in names.into_iter().enumerate() {
                let mut span = kid.span();
                span.start = name.map_or(span.start, |name| name.span().start);
                let mut own = written;
                if place < last {
                    span.end = name.map_or(span.end, |name| name.span().end);
                    own = written.map(|written| self.repeated(written, span.end));
                }
                let modifiers = self.empty(Kind::Modifiers, span.start);
                let name = name.map(|name| self.lower(name));
                let draft = self.lay(Kind::Param, span, [Some(modifiers), name, own, None]);
                parameters.push(self.build.operator(draft, operator));
            }
        }
        parameters
    }

    /// A struct or interface is a class; another type that gets a name is not.
    fn type_spec(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let Some(written) = kids.field(Fields::r#type) else {
            return self.named_type(node);
        };
        let operator = match written.kind {
            Kinds::struct_type => Operator::Struct,
            Kinds::interface_type => Operator::Interface,
            _ => return self.named_type(node),
        };
        let modifiers = self.empty(Kind::Modifiers, node.span().start);
        let name = self.field(&kids, Fields::name);
        let (supers, members) = self.members(written);
        let draft = self.lay(
            Kind::Class,
            node.span(),
            [Some(modifiers), name, Some(supers), Some(members)],
        );
        self.build.operator(draft, operator)
    }

    /// `type T U` and `type T = U`.
    fn named_type(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let name = self.field(&kids, Fields::name);
        let written = kids.field(Fields::r#type).map(|kid| self.written_type(kid));
        let draft = self.lay(Kind::Other, node.span(), [name, written]);
        self.build.name(draft, node.node.kind())
    }

    /// What a struct or interface embeds, and its fields or methods.
    pub(super) fn members(&mut self, node: Node<'t>) -> (Draft, Draft) {
        let kids = self.kids(node);
        let list = kids.kind(Kinds::field_declaration_list);
        let kids = match list {
            Some(list) => self.kids(list),
            None => kids,
        };
        let span = list.map_or(node.span(), |list| list.span());
        let mut supers = Vec::new();
        let mut members = Vec::new();
        for kid in kids.named() {
            match kid.kind {
                Kinds::field_declaration => self.fields_of(kid, &mut supers, &mut members),
                Kinds::type_elem => supers.push(self.lower(kid)),
                _ => members.push(self.lower(kid)),
            }
        }
        let supers = self.enclose(Kind::Supers, supers, span.start);
        (supers, self.build.node(Kind::Block, span, members))
    }

    /// Fields that share a type and a tag, or a type that is embedded.
    fn fields_of(&mut self, node: Node<'t>, supers: &mut Vec<Draft>, members: &mut Vec<Draft>) {
        let kids = self.kids(node);
        let names: Vec<_> = kids.fields(Fields::name).collect();
        if names.is_empty() {
            supers.extend(self.field(&kids, Fields::r#type));
            return;
        }
        let written = kids.field(Fields::r#type).map(|kid| self.written_type(kid));
        let tag = kids.field(Fields::tag).map(|tag| {
            let value = self.lower(tag);
            let draft = self.build.node(Kind::Other, tag.span(), vec![value]);
            self.build.name(draft, "tag")
        });
        let last = names.len() - 1;
        for (place, name) in names.into_iter().enumerate() {
            let mut span = name.span();
            let modifiers = self.enclose(Kind::Modifiers, Vec::from_iter(tag), span.start);
            let mut own = written;
            if place < last {
                self.build.flag(modifiers, Flags::IMPLIED);
                own = written.map(|written| self.repeated(written, span.end));
            } else {
                span.end = node.span().end;
            }
            let name = self.lower(name);
            members.push(self.lay(Kind::Variable, span, [Some(modifiers), Some(name), own, None]));
        }
    }

    /// The type that is written after the last of several names, for one before.
    fn repeated(&mut self, written: Draft, at: u32) -> Draft {
        let inner: Vec<_> = self.build.children(written).to_vec();
        let inner = inner.into_iter().map(|inner| self.build.shared(inner)).collect();
        let draft = self.build.node(Kind::Type, Span { start: at, end: at }, inner);
        self.build.flag(draft, Flags::IMPLIED)
    }
}
