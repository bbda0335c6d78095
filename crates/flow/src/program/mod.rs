//! The files of a repository as one program: which functions, classes and modules there are, and what names mean across files.
//!
//! Files are taken in the order of their paths, whatever order they came in, so that numbers do not depend on it.

mod import;
mod member;
mod read;
mod scan;
mod types;

use bartizan_syntax::{Ast, Kind, Language, NodeId};

pub(crate) use import::{Import, ImportTables};
pub(crate) use member::accessors_of;
pub(crate) use scan::{is_name_space, is_object, own_name, primary_parameters, takes_self};

use crate::ir::Declared;
use crate::model::Marks;
use crate::table::{Map, number};
use crate::traits::{Constructors, Traits};
use crate::values::{ConstantSets, Name};

number! {
    /// A file, by its place in the order of paths.
    #[derive(Default)]
    pub(crate) FileId
}

number! {
    /// A function, a lambda, the top of a file, or what initialises the fields of a class.
    pub(crate) FunctionId
}

number! {
    /// A class of the program.
    pub(crate) ClassId
}

/// One file of the program.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path, with slashes, relative to the root of the repository
    pub path: &'a str,
    /// Its tree
    pub ast: &'a Ast,
    /// What rules say of its nodes
    pub marks: &'a Marks,
    /// Whether it is asked what data does in this file; if not, it is only followed from those where it is
    pub is_asked: bool,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The statements of a file
    Module,
    Function,
    Lambda,
    /// What the fields of an object are set to before its constructor runs
    Initialiser,
    /// Gives a field; its node is the symbol that names it
    Reader,
    /// Sets a field; its node is the name in that symbol
    Writer,
}

/// A function as the scan finds it.
#[derive(Clone, Debug)]
pub(crate) struct FunctionInfo {
    pub(crate) file: FileId,
    pub(crate) node: NodeId,
    pub(crate) role: Role,
    pub(crate) name: Option<Name>,
    /// The class whose method it is
    pub(crate) class: Option<ClassId>,
    /// The function around it; none for the top of a file
    pub(crate) parent: Option<FunctionId>,
    /// Called on the class rather than on an object
    pub(crate) is_static: bool,
    pub(crate) parameters: u32,
}

/// A class as the scan finds it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassInfo {
    pub(crate) file: FileId,
    pub(crate) node: Option<NodeId>,
    pub(crate) name: Option<Name>,
    /// Further declarations of it: `impl` of Rust, companions of Kotlin and Scala
    pub(crate) parts: Vec<NodeId>,
    /// The class around it
    pub(crate) outer: Option<ClassId>,
    pub(crate) methods: Vec<(Name, FunctionId)>,
    pub(crate) fields: Vec<FieldInfo>,
    pub(crate) initialiser: Option<FunctionId>,
    pub(crate) parents: Vec<ClassId>,
    /// Types outside the program that it derives from
    pub(crate) outside: Vec<Name>,
    pub(crate) children: Vec<ClassId>,
}

/// A field that a class declares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldInfo {
    pub(crate) name: Name,
    pub(crate) is_static: bool,
    pub(crate) declared: Declared,
    /// The literal that it is, when it is never anything else
    pub(crate) literal: Option<NodeId>,
}

/// What a name at the top of a file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    Variable,
    Function(FunctionId),
    Class(ClassId),
    /// This literal, and nothing else ever
    Literal(NodeId),
    Import(Import),
}

/// The names at the top of one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileScope {
    pub(crate) globals: Map<Name, (Binding, u32)>,
    /// Everything imported anywhere in the file, to read types by
    pub(crate) imports: Map<Name, Import>,
    /// Packages imported whole
    pub(crate) wildcards: Vec<Name>,
    pub(crate) package: Option<Name>,
    pub(crate) classes: Map<Name, ClassId>,
    /// Functions at the top of the file that share a name
    pub(crate) overloads: Map<Name, Vec<FunctionId>>,
}

/// All files, and what is in them.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    pub(crate) files: Vec<File<'a>>,
    /// For each file its place in the list that the caller gave
    pub(crate) given: Vec<usize>,
    pub(crate) functions: Vec<FunctionInfo>,
    pub(crate) classes: Vec<ClassInfo>,
    pub(crate) scopes: Vec<FileScope>,
    pub(crate) tables: ImportTables,
    pub(crate) function_at: Map<(FileId, NodeId), FunctionId>,
    pub(crate) class_at: Map<(FileId, NodeId), ClassId>,
    /// The first class of each name in a package
    pub(crate) class_in: Map<(Name, Name), ClassId>,
    /// Methods by name, for receivers of which nothing is known
    pub(crate) methods_named: Map<Name, Vec<FunctionId>>,
}

impl<'a> Program<'a> {
    pub(crate) fn file(&self, id: FileId) -> Option<&File<'a>> {
        self.files.get(id.index())
    }

    pub(crate) fn function(&self, id: FunctionId) -> Option<&FunctionInfo> {
        self.functions.get(id.index())
    }

    pub(crate) fn class(&self, id: ClassId) -> Option<&ClassInfo> {
        self.classes.get(id.index())
    }

    pub(crate) fn language(&self, id: FileId) -> Language {
        self.file(id).map_or(Language::Python, |file| file.ast.language())
    }

    pub(crate) fn traits(&self, id: FileId) -> Traits {
        Traits::of(self.language(id))
    }

    /// What a name at the top of a file, or of its package, stands for, and in which file.
    pub(crate) fn global(&self, file: FileId, name: Name) -> Option<(FileId, Binding)> {
        let own = |file: FileId| {
            let (binding, times) = self.scopes.get(file.index())?.globals.get(&name)?;
            let binding = if *times > 1 { Binding::Variable } else { *binding };
            Some((file, binding))
        };
        own(file).or_else(|| {
            if self.language(file) != Language::Go {
                return None;
            }
            self.tables
                .siblings(file)
                .iter()
                .find_map(|&sibling| own(sibling))
        })
    }

    /// Follows imports of names from file to file until something is defined.
    pub(crate) fn exported(&self, file: FileId, name: Name) -> Option<(FileId, Name, Binding)> {
        let mut place = (file, name);
        for _ in 0..8 {
            let (home, binding) = self.global(place.0, place.1)?;
            match binding {
                Binding::Import(Import::Member(next, name)) => place = (next, name),
                other => return Some((home, place.1, other)),
            }
        }
        None
    }

    /// The class and those above it, the nearest first.
    pub(crate) fn lineage(&self, class: ClassId) -> Vec<ClassId> {
        let mut found = vec![class];
        let mut next = 0;
        while let Some(&class) = found.get(next) {
            next += 1;
            for &parent in self.class(class).map_or(&[][..], |class| &class.parents) {
                if !found.contains(&parent) && found.len() < 64 {
                    found.push(parent);
                }
            }
        }
        found
    }

    /// The method that a class has or inherits.
    pub(crate) fn method(&self, class: ClassId, name: Name, arguments: Option<u32>) -> Option<FunctionId> {
        self.lineage(class)
            .into_iter()
            .find_map(|class| self.own_method(class, name, arguments))
    }

    /// The method that a class defines itself; of several the one with that many parameters.
    pub(crate) fn own_method(
        &self,
        class: ClassId,
        name: Name,
        arguments: Option<u32>,
    ) -> Option<FunctionId> {
        let methods = &self.class(class)?.methods;
        let named = || {
            methods
                .iter()
                .filter(move |(own, _)| *own == name)
                .map(|(_, id)| *id)
        };
        let fits = |id: &FunctionId| {
            arguments.is_some_and(|count| self.function(*id).is_some_and(|info| info.parameters == count))
        };
        named().find(fits).or_else(|| named().next())
    }

    /// All methods that a call on an object of the class or one below it may mean, at most `most`; and whether there were more.
    pub(crate) fn implementations(
        &self,
        class: ClassId,
        name: Name,
        arguments: Option<u32>,
        most: usize,
    ) -> (Vec<FunctionId>, bool) {
        let mut found: Vec<FunctionId> = self.method(class, name, arguments).into_iter().collect();
        let mut classes = vec![class];
        let mut next = 0;
        while let Some(&class) = classes.get(next) {
            next += 1;
            for &child in self.class(class).map_or(&[][..], |class| &class.children) {
                if classes.contains(&child) || classes.len() > 4 * most {
                    continue;
                }
                classes.push(child);
                if let Some(own) = self.own_method(child, name, arguments)
                    && !found.contains(&own)
                {
                    found.push(own);
                }
            }
        }
        let more = found.len() > most;
        found.truncate(most);
        (found, more)
    }

    /// The constructor of a class or of the nearest one above that has one.
    pub(crate) fn constructor(
        &self,
        class: ClassId,
        arguments: u32,
        names: &ConstantSets,
    ) -> Option<FunctionId> {
        self.lineage(class).into_iter().find_map(|class| {
            let info = self.class(class)?;
            let name = match self.traits(info.file).constructors {
                Constructors::Named(name) => names.known_name(name),
                Constructors::AsClass => info.name,
                Constructors::None => None,
            }?;
            self.own_method(class, name, Some(arguments))
        })
    }

    /// What makes an object from the parameters of its class itself, where no constructor fits better.
    pub(crate) fn primary(
        &self,
        class: ClassId,
        constructor: Option<FunctionId>,
        arguments: u32,
    ) -> Option<FunctionId> {
        let initialiser = self.class(class)?.initialiser?;
        let fits = |function: FunctionId| {
            self.function(function)
                .is_some_and(|info| info.parameters == arguments)
        };
        let takes = self.function(initialiser).is_some_and(|info| info.parameters > 0);
        (takes && !constructor.is_some_and(fits)).then_some(initialiser)
    }

    /// The field that a class or one above declares.
    pub(crate) fn field(&self, class: ClassId, name: Name) -> Option<(ClassId, FieldInfo)> {
        self.lineage(class).into_iter().find_map(|class| {
            let fields = &self.class(class)?.fields;
            let field = fields.iter().find(|field| field.name == name)?;
            Some((class, *field))
        })
    }

    /// Whether `outer` is the function or lies around it.
    pub(crate) fn encloses(&self, outer: FunctionId, inner: FunctionId) -> bool {
        let mut at = Some(inner);
        for _ in 0..256 {
            match at {
                Some(function) if function == outer => return true,
                Some(function) => at = self.function(function).and_then(|info| info.parent),
                None => return false,
            }
        }
        false
    }

    /// The class around a node, anonymous ones included.
    pub(crate) fn class_around(&self, function: FunctionId) -> Option<ClassId> {
        let mut at = Some(function);
        for _ in 0..256 {
            let info = self.function(at?)?;
            if info.class.is_some() {
                return info.class;
            }
            at = info.parent;
        }
        None
    }
}

/// Whether a declaration has a modifier of this name.
pub(crate) fn has_modifier(ast: &Ast, modifiers: NodeId, word: &str) -> bool {
    ast.kind(modifiers) == Kind::Modifiers
        && ast
            .children(modifiers)
            .iter()
            .any(|&child| match ast.kind(child) {
                Kind::Name => ast.text(child) == word,
                Kind::Annotation => ast
                    .children(child)
                    .first()
                    .is_some_and(|&named| ast.kind(named) == Kind::Name && ast.text(named) == word),
                _ => false,
            })
}
