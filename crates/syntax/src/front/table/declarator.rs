//! Declarations of C and C++, where a name stands within what is done to get from it to the type: `char *names[3], (*each)(int)`.

use super::parts::Parts;
use super::statement::Place;
use super::{Node, Pick, Reader};
use crate::builder::Draft;
use crate::kind::{Kind, Operator};

/// Pointers, arrays and references around a type at most; further ones are left out.
const LAYERS: usize = 16;
/// What may stand before or after a type.
const MODIFIERS: &str = "storage_class_specifier type_qualifier attribute_declaration explicit_function_specifier \
    virtual_specifier virtual static inline";

/// What a declarator says.
struct Declared<'t> {
    /// What is declared; absent for a parameter without a name
    name: Option<Node<'t>>,
    /// The declarator that has parameters, when the name is that of a function
    function: Option<Node<'t>>,
    /// From the type outwards
    layers: Vec<Operator>,
}

impl<'t> Reader<'t> {
    /// The variables, or functions without a body, of a declaration.
    pub(super) fn declarators(&mut self, node: Node<'t>) -> Vec<Draft> {
        let mut parts = Parts::of(self, node);
        let typed = parts.first(self, &Pick::Field("type"));
        let all = parts.each(self, &Pick::Field("declarator"));
        let default = parts.first(self, &Pick::Field("default_value value"));
        let modifiers = self.modifiers(&mut parts, MODIFIERS, node.span().start);
        if all.is_empty() {
            return typed.map(|typed| self.lower(typed)).into_iter().collect();
        }
        let base = typed.map(|typed| self.typed(typed));
        let count = all.len();
        let mut declared = Vec::with_capacity(count);
        for (number, one) in all.into_iter().enumerate() {
            let what = self.unwrapped(one);
            let place = Place {
                number,
                count,
                whole: node.span(),
                own: one.span(),
            };
            if let (Some(function), 1) = (what.function, count) {
                let kind = self.layered(base, &what.layers);
                declared.push(self.function_of(node, modifiers, &what, function, kind, None));
                continue;
            }
            let value = match one.node.kind() {
                "init_declarator" => Parts::of(self, one).first(self, &Pick::Field("value")),
                _ => default.filter(|_| count == 1),
            };
            let kind = self.layered(base, &what.layers);
            let target = self.lower(what.name.unwrap_or(one));
            let value = value.map(|value| self.lower(value));
            declared.push(self.variable(place, modifiers, target, kind, value));
        }
        declared
    }

    pub(super) fn declared_function(&mut self, node: Node<'t>) -> Draft {
        let mut parts = Parts::of(self, node);
        let typed = parts.first(self, &Pick::Field("type"));
        let declarator = parts.first(self, &Pick::Field("declarator"));
        let modifiers = self.modifiers(&mut parts, MODIFIERS, node.span().start);
        let base = typed.map(|typed| self.typed(typed));
        let Some(what) = declarator.map(|declarator| self.unwrapped(declarator)) else {
            return self.other(node);
        };
        let kind = self.layered(base, &what.layers);
        let body = parts.first(self, &Pick::Field("body"));
        let body = body.map(|body| self.block_of(body));
        let initialisers = parts.first(self, &Pick::Kind("field_initializer_list"));
        let body = match (initialisers, body) {
            (Some(list), Some(body)) => Some(self.initialised(list, body)),
            (_, body) => body,
        };
        match what.function {
            Some(function) => self.function_of(node, modifiers, &what, function, kind, body),
            None => self.other(node),
        }
    }

    /// The body of a constructor with what sets its fields (`: a(x), b{y}`) before its statements.
    fn initialised(&mut self, list: Node<'t>, body: Draft) -> Draft {
        let kids = self.kids(list);
        let mut statements = self.lower_all(kids.named());
        statements.extend_from_slice(self.build.children(body));
        let span = list.span().to(self.build.span(body));
        self.build.node(Kind::Block, span, statements)
    }

    fn function_of(
        &mut self,
        node: Node<'t>,
        modifiers: Draft,
        what: &Declared<'t>,
        function: Node<'t>,
        typed: Option<Draft>,
        body: Option<Draft>,
    ) -> Draft {
        let name = what.name.map(|name| self.lower(name));
        let params = Parts::of(self, function).first(self, &Pick::Field("parameters"));
        let params = match params {
            Some(params) => self.lower(params),
            None => self.empty(Kind::Params, function.span().end),
        };
        self.lay(
            Kind::Function,
            node.span(),
            [Some(modifiers), name, Some(params), typed, body, None],
        )
    }

    pub(super) fn declared_param(&mut self, node: Node<'t>) -> Draft {
        let mut parts = Parts::of(self, node);
        let typed = parts.first(self, &Pick::Field("type"));
        let declarator = parts.first(self, &Pick::Field("declarator"));
        let default = parts.first(self, &Pick::Field("default_value"));
        let modifiers = self.modifiers(&mut parts, MODIFIERS, node.span().start);
        let base = typed.map(|typed| self.typed(typed));
        let what = declarator.map(|declarator| self.unwrapped(declarator));
        let kind = match &what {
            Some(what) => self.layered(base, &what.layers),
            None => base,
        };
        let target = what.and_then(|what| what.name).map(|name| self.lower(name));
        let default = default.map(|default| self.lower(default));
        self.lay(Kind::Param, node.span(), [Some(modifiers), target, kind, default])
    }

    /// A type without a name to it: `char *` of a cast.
    pub(super) fn described_type(&mut self, node: Node<'t>) -> Draft {
        let mut parts = Parts::of(self, node);
        let typed = parts.first(self, &Pick::Field("type"));
        let declarator = parts.first(self, &Pick::Field("declarator"));
        let base = typed.map(|typed| self.typed(typed));
        let layers = declarator.map(|declarator| self.unwrapped(declarator).layers);
        match self.layered(base, &layers.unwrap_or_default()) {
            Some(kind) => kind,
            None => self.other(node),
        }
    }

    /// `x.y`, and `x->y`, which is `(*x).y`.
    pub(super) fn reached(&mut self, node: Node<'t>) -> Draft {
        let kids = self.kids(node);
        let object = self.field(&kids, "argument");
        let name = self.field(&kids, "field");
        let pointed = kids
            .field("operator")
            .is_some_and(|sign| self.text_of(sign) == "->");
        let object = object.map(|object| {
            if !pointed {
                return object;
            }
            let span = self.build.span(object);
            let draft = self.build.node(Kind::Unary, span, vec![object]);
            self.build.operator(draft, Operator::Dereference)
        });
        self.lay(Kind::Member, node.span(), [object, name])
    }

    /// `struct a { … }` is a class, `struct a` the name of a type.
    pub(super) fn class_or_name(&mut self, node: Node<'t>) -> Draft {
        let mut parts = Parts::of(self, node);
        let name = parts.first(self, &Pick::Field("name"));
        let body = parts.first(self, &Pick::Field("body"));
        let (name, body) = match (name, body) {
            (Some(name), None) => return self.lower(name),
            (name, body) => (name, body),
        };
        let modifiers = self.empty(Kind::Modifiers, node.span().start);
        let name = name.map(|name| self.lower(name));
        let supers = parts.first(self, &Pick::Kind("base_class_clause"));
        let supers = match supers {
            Some(supers) => self.lower(supers),
            None => self.empty(Kind::Supers, node.span().start),
        };
        let body = body.map(|body| self.block_of(body));
        let draft = self.lay(
            Kind::Class,
            node.span(),
            [Some(modifiers), name, Some(supers), body],
        );
        let operator = self.class_operator(node);
        self.build.operator(draft, operator)
    }

    /// A type with pointers, arrays and references around it.
    fn layered(&mut self, base: Option<Draft>, layers: &[Operator]) -> Option<Draft> {
        let base = base?;
        let span = self.build.span(base);
        let mut inner = *self.build.children(base).first()?;
        for &layer in layers.iter().take(LAYERS) {
            let draft = self.build.node(Kind::ArrayType, span, vec![inner]);
            inner = self.build.operator(draft, layer);
        }
        Some(self.build.node(Kind::Type, span, vec![inner]))
    }

    /// Looks through a declarator for the name in it.
    fn unwrapped(&mut self, declarator: Node<'t>) -> Declared<'t> {
        let mut what = Declared {
            name: None,
            function: None,
            layers: Vec::new(),
        };
        let mut at = Some(declarator);
        while let Some(node) = at {
            let layer = match node.node.kind() {
                "pointer_declarator" | "pointer_type_declarator" | "abstract_pointer_declarator" => {
                    Some(Operator::Dereference)
                }
                "array_declarator" | "abstract_array_declarator" => Some(Operator::None),
                "reference_declarator" | "abstract_reference_declarator" => Some(Operator::AddressOf),
                "function_declarator" | "abstract_function_declarator" => {
                    what.function = Some(node);
                    None
                }
                "init_declarator"
                | "parenthesized_declarator"
                | "abstract_parenthesized_declarator"
                | "attributed_declarator"
                | "variadic_declarator" => None,
                _ => {
                    what.name = Some(node);
                    break;
                }
            };
            what.layers.extend(layer);
            let kids = self.kids(node);
            let inner = kids.field("declarator");
            let plain = || {
                kids.named()
                    .find(|kid| kid.field.is_empty() && kid.node.kind() != "type_qualifier")
            };
            at = inner.or_else(plain);
        }
        what
    }
}
