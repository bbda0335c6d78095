//! What a type says: a class of the program, something outside by its qualified name, or a number that no text fits in.

use bartizan_syntax::{Kind, Language, NodeId, Operator};

use crate::ir::Declared;
use crate::model::Library;
use crate::program::{Binding, ClassId, FileId, Import, Program};
use crate::values::{ConstantSets, Name};

impl Program<'_> {
    /// What a type of a file means.
    pub(crate) fn declared(
        &self,
        file: FileId,
        node: Option<NodeId>,
        library: &dyn Library,
        names: &mut ConstantSets,
    ) -> Declared {
        let Some(text) = node.and_then(|node| self.type_text(file, node, 0)) else {
            return Declared::Nothing;
        };
        self.named_type(file, &text, library, names)
    }

    /// What the name of a type means in a file.
    pub(crate) fn named_type(
        &self,
        file: FileId,
        text: &str,
        library: &dyn Library,
        names: &mut ConstantSets,
    ) -> Declared {
        if self.traits(file).scalars.contains(&text) {
            return Declared::Scalar;
        }
        let (first, rest) = text
            .split_once('.')
            .map_or((text, None), |(first, rest)| (first, Some(rest)));
        let first_name = names.name(first);
        if let Some(class) = self.class_named(file, first_name) {
            let Some(rest) = rest else {
                return Declared::Class(class);
            };
            return rest
                .split('.')
                .try_fold(class, |class, part| {
                    let name = names.known_name(part)?;
                    self.inner_class(class, name)
                })
                .map_or(Declared::Nothing, Declared::Class);
        }
        if let (Some(rest), true) = (rest, self.traits(file).name_spaces) {
            let last = rest.rsplit('.').next().unwrap_or(rest);
            if let Some(class) = names
                .known_name(last)
                .and_then(|last| self.class_named(file, last))
            {
                return Declared::Class(class);
            }
        }
        let scope = self.scopes.get(file.index());
        let import = scope.and_then(|scope| scope.imports.get(&first_name)).copied();
        match (import, rest) {
            (Some(Import::Outside(name)), None) => Declared::Outside(name),
            (Some(Import::Outside(name)), Some(rest)) => {
                let qualified = format!("{}.{rest}", names.text(name));
                Declared::Outside(names.name(&qualified))
            }
            (Some(Import::Module(module)), Some(rest)) => {
                let name = names.name(rest);
                self.class_named(module, name)
                    .map_or(Declared::Nothing, Declared::Class)
            }
            (Some(_), _) => Declared::Nothing,
            (None, None) => self.whole_packages(file, text, library, names),
            (None, Some(_)) => Declared::Outside(names.name(text)),
        }
    }

    fn whole_packages(
        &self,
        file: FileId,
        text: &str,
        library: &dyn Library,
        names: &mut ConstantSets,
    ) -> Declared {
        if self.language(file) != Language::Java {
            return Declared::Outside(names.name(text));
        }
        let wildcards = self
            .scopes
            .get(file.index())
            .map_or(&[][..], |scope| &scope.wildcards);
        let candidates: Vec<String> = wildcards
            .iter()
            .map(|&package| format!("{}.{text}", names.text(package)))
            .collect();
        let name = names.name(text);
        for &package in wildcards {
            if let Some(class) = self.class_of_package(package, name) {
                return Declared::Class(class);
            }
        }
        let lang = format!("java.lang.{text}");
        let known = candidates.iter().find(|candidate| library.knows_type(candidate));
        let chosen = match (known, candidates.as_slice()) {
            (Some(known), _) => known,
            (None, [only]) if !library.knows_type(&lang) => only,
            _ => &lang,
        };
        Declared::Outside(names.name(chosen))
    }

    /// The class that a simple name means in a file.
    pub(crate) fn class_named(&self, file: FileId, name: Name) -> Option<ClassId> {
        let scope = self.scopes.get(file.index())?;
        if let Some(&class) = scope.classes.get(&name) {
            return Some(class);
        }
        match scope.imports.get(&name) {
            Some(&Import::Member(home, member)) => {
                if let Some((_, _, Binding::Class(class))) = self.exported(home, member) {
                    return Some(class);
                }
                return self.scopes.get(home.index())?.classes.get(&member).copied();
            }
            Some(_) => return None,
            None => {}
        }
        match self.language(file) {
            Language::Java => self.class_of_package(scope.package?, name),
            Language::Go => self
                .tables
                .siblings(file)
                .iter()
                .find_map(|sibling| self.scopes.get(sibling.index())?.classes.get(&name).copied()),
            _ => None,
        }
    }

    pub(crate) fn class_of_package(&self, package: Name, name: Name) -> Option<ClassId> {
        self.class_in.get(&(package, name)).copied()
    }

    /// The class that is defined in another.
    pub(crate) fn inner_class(&self, outer: ClassId, name: Name) -> Option<ClassId> {
        let file = self.class(outer)?.file;
        let class = *self.scopes.get(file.index())?.classes.get(&name)?;
        (self.class(class)?.outer == Some(outer)).then_some(class)
    }

    /// The dotted name of a type as written, without its arguments.
    pub(crate) fn type_text(&self, file: FileId, node: NodeId, depth: u32) -> Option<String> {
        if depth > 16 {
            return None;
        }
        let ast = self.file(file)?.ast;
        let first = || ast.children(node).first().copied();
        match ast.kind(node) {
            Kind::Name | Kind::Path => Some(ast.text(node).to_owned()),
            Kind::Str if ast.language() == Language::Python => Some(ast.text(node).to_owned()),
            Kind::Null => None,
            Kind::Type | Kind::Generic | Kind::Index => self.type_text(file, first()?, depth + 1),
            Kind::ArrayType => {
                if matches!(
                    ast.node(node).operator,
                    Operator::Dereference | Operator::AddressOf
                ) {
                    self.type_text(file, first()?, depth + 1)
                } else {
                    Some(
                        if ast.language() == Language::Go {
                            "slice"
                        } else {
                            "array"
                        }
                        .to_owned(),
                    )
                }
            }
            Kind::Unary => self.type_text(file, first()?, depth + 1),
            Kind::Member => {
                let object = self.type_text(file, first()?, depth + 1)?;
                let name = ast.child(node, 1)?;
                Some(format!("{object}.{}", ast.text(name)))
            }
            Kind::Call => self.type_text(file, first()?, depth + 1),
            // `dyn T` and `impl T` of Rust
            Kind::Other if matches!(ast.text(node), "dynamic_type" | "abstract_type") => {
                self.type_text(file, *ast.children(node).last()?, depth + 1)
            }
            _ => None,
        }
    }
}
