//! What PHP has: names with a dollar, closures that say what they use, classes by the words `self`, `static` and `parent`. What functions see
//! of the variables around them is here, too, for every language in which that is not all.

use bartizan_syntax::{Ast, Kind, Language, NodeId};

use crate::ir::{Declared, Lvalue, Op, Slot, Target};
use crate::lower::Lowering;
use crate::lower::name::Meaning;
use crate::values::Name;

/// Arrays that are there in every function.
const EVERYWHERE: &str = "$_";

impl Lowering<'_, '_> {
    /// What a name is by the rules of one language.
    pub(super) fn of_dialect(&mut self, name: Name) -> Option<Meaning> {
        let traits = self.traits();
        if traits.bare_calls {
            return self.signed(name);
        }
        if !traits.dollars {
            return None;
        }
        let text = self.names.text(name);
        if matches!(text, "self" | "static") {
            return self.program.class_around(self.function()).map(Meaning::Class);
        }
        let hidden = text.starts_with('$') && !text.starts_with(EVERYWHERE) && self.is_hidden(name);
        hidden.then_some(Meaning::Unknown)
    }

    /// Whether a function around stands between here and the names of the file.
    pub(super) fn is_walled(&self) -> bool {
        self.frames.iter().any(|frame| frame.sees.is_some())
    }

    fn is_hidden(&self, name: Name) -> bool {
        let asked = self
            .frames
            .last()
            .is_some_and(|frame| frame.elsewhere.contains(&name));
        let hides = |seen: &Option<Vec<Name>>| seen.as_ref().is_some_and(|seen| !seen.contains(&name));
        !asked && self.frames.iter().any(|frame| hides(&frame.sees))
    }

    /// Notes what a function sees of the names around it.
    pub(super) fn wall(&mut self, node: NodeId) {
        let ast = self.ast;
        let traits = self.traits();
        if !traits.function_scope {
            return;
        }
        let closure = ast.kind(node) == Kind::Lambda;
        let is_block = ast
            .child(node, 2)
            .is_some_and(|body| ast.kind(body) == Kind::Block);
        if closure && !(traits.dollars && is_block) {
            return;
        }
        let used = ast.child(node, 3).filter(|_| closure);
        let used = used.map_or(&[][..], |used| ast.children(used));
        let seen: Vec<Name> = used.iter().map(|&name| self.name(name)).collect();
        if let Some(frame) = self.frame() {
            frame.sees = Some(seen);
        }
    }

    /// Whether a name that is assigned is no variable of the function.
    pub(super) fn is_never_local(&self, node: NodeId) -> bool {
        let traits = self.traits();
        let text = self.ast.text(node);
        let signed = traits.bare_calls && text.starts_with(['@', '$']);
        let used = || {
            let name = self.names.known_name(text);
            name.is_some_and(|name| {
                self.frames
                    .last()
                    .and_then(|frame| frame.sees.as_ref())
                    .is_some_and(|seen| seen.contains(&name))
            })
        };
        signed || traits.dollars && (text == "$this" || used()) || self.is_of_block(node)
    }

    /// Ruby: a name that a block assigns is that of what is around it, where there is one.
    fn is_of_block(&self, node: NodeId) -> bool {
        let here = self
            .frames
            .last()
            .and_then(|frame| self.program.function(frame.function));
        let is_block = here.is_some_and(|info| self.ast.kind(info.node) == Kind::Lambda);
        if !self.traits().bare_calls || !is_block {
            return false;
        }
        let Some(name) = self.names.known_name(self.ast.text(node)) else {
            return false;
        };
        self.meaning_of_variable(name).is_some()
            || !self.is_walled() && self.program.global(self.file, name).is_some()
    }

    /// Whether a name is the object at hand.
    pub(super) fn is_this(&self, node: NodeId) -> bool {
        self.traits().dollars && self.ast.text(node) == "$this"
    }

    /// `parent::f()`, `self::f()`, `static::f()`: methods of the object at hand, where there is one.
    pub(super) fn scoped_method(&mut self, object: NodeId, name: Name) -> Option<Target> {
        let word = self.ast.text(object);
        if !self.traits().dollars || self.ast.kind(object) != Kind::Name {
            return None;
        }
        let class = self.program.class_around(self.function())?;
        if !matches!(word, "parent" | "self" | "static") {
            return None;
        }
        let receiver = self.receiver_for(None)?;
        if word == "parent" {
            return Some(Target::Super {
                receiver,
                name,
                class,
            });
        }
        Some(Target::Method {
            receiver,
            name,
            declared: Declared::Class(class),
        })
    }

    /// `$object->$name`: the field that a variable names.
    pub(super) fn chosen_field(&mut self, node: NodeId) -> Option<(Slot, Lvalue)> {
        let (object, key) = self.chosen(node)?;
        let slot = self.emit(Op::Element { object, key }, node);
        Some((slot, Lvalue::Element(object, key)))
    }

    fn chosen(&mut self, node: NodeId) -> Option<(Slot, Slot)> {
        let ast = self.ast;
        let (object, name) = (ast.child(node, 0)?, ast.child(node, 1)?);
        let of_class = ast.kind(object) == Kind::Name && !ast.text(object).starts_with('$');
        if !self.traits().dollars || of_class || !ast.text(name).starts_with('$') {
            return None;
        }
        let object = self.value(object);
        Some((object, self.value(name)))
    }

    /// Fields that are set by a method, or by a name that only a variable knows.
    pub(super) fn set_otherwise(&mut self, target: NodeId, value: Slot) -> Option<Lvalue> {
        if let Some((object, key)) = self.chosen(target) {
            self.emit(Op::SetElement { object, key, value }, target);
            return Some(Lvalue::Element(object, key));
        }
        let ast = self.ast;
        let setter = self.setter(ast.text(ast.child(target, 1)?))?;
        let object = ast.child(target, 0)?;
        let declared = self.declared_of(object);
        let receiver = self.value(object);
        self.call_setter(target, (receiver, declared), setter, value);
        let name = self.name(ast.child(target, 1)?);
        Some(Lvalue::Field(receiver, name))
    }

    /// `$list[] = $value`.
    pub(super) fn set_last(&mut self, target: NodeId, value: Slot) -> Lvalue {
        if let Some(list) = self.ast.child(target, 0) {
            let list = self.value(list);
            let key = None;
            self.emit(Op::Add { list, value, key }, target);
        }
        Lvalue::None
    }
}

/// The name of a field as it is read, from how it is declared.
pub(crate) fn field_name(ast: &Ast, target: NodeId) -> &str {
    let text = ast.text(target);
    match ast.language() {
        Language::Php => text.strip_prefix('$').unwrap_or(text),
        _ => text,
    }
}
