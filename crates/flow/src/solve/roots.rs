//! Which functions are worked off for themselves, and in which order. Others are only when these call them.
//!
//! A function that leads to neither a source nor a sink, as far as names tell, has nothing to say. Those that have one themselves come
//! first, so that they are followed where the work that a program is given does not suffice for all. Where only some files are asked about,
//! it is their functions, and what tells which objects their variables hold: the top of files whose variables they read, and the
//! constructors of their classes.

use bartizan_syntax::Language;

use crate::ir::{Code, Op, Target};
use crate::program::{ClassId, FileId, FunctionId, Role};
use crate::solve::Engine;
use crate::table::{Map, Set};
use crate::values::{Name, Root};

/// Functions that mention something: a function, a class, or anything of a name.
#[derive(Debug, Default)]
struct Mentions {
    functions: Map<FunctionId, Vec<FunctionId>>,
    classes: Map<ClassId, Vec<FunctionId>>,
    names: Map<Name, Vec<FunctionId>>,
}

impl Engine<'_> {
    /// The functions to work off, in turns.
    pub(crate) fn roots(&self) -> [Vec<FunctionId>; 3] {
        let all = || (0..self.program.functions.len()).map(FunctionId::at);
        let mut mentions = Mentions::default();
        let (mut sources, mut sinks): (Vec<FunctionId>, Vec<FunctionId>) = (Vec::new(), Vec::new());
        for function in all() {
            let (Some(info), Some(code)) = (self.program.function(function), self.code(function)) else {
                continue;
            };
            self.note_mentions(function, &code, &mut mentions);
            let nodes = || code.instructions().map(|instruction| instruction.node);
            let marks = || nodes().filter_map(|node| self.marks.of(info.file, node));
            if marks().any(|rules| !rules.sources.is_empty()) {
                sources.push(function);
            }
            if marks().any(|rules| !rules.sinks.is_empty()) {
                sinks.push(function);
            }
        }
        let marked: Set<FunctionId> = sources.iter().chain(&sinks).copied().collect();
        let from_sources = self.leading_to(sources, &mentions);
        let to_sinks = self.leading_to(sinks, &mentions);
        let around = self.asked_around();
        let turn = |function: FunctionId| {
            let info = self.program.function(function)?;
            if let Some(around) = &around
                && !self.is_asked(info.file)
                && !around.contains(&function)
            {
                return None;
            }
            let fills = info.role != Role::Function
                || info
                    .class
                    .is_some_and(|class| self.is_constructor(class, function));
            if marked.contains(&function) || (fills && info.role != Role::Lambda) {
                return Some(0);
            }
            match (from_sources.contains(&function), to_sinks.contains(&function)) {
                (true, true) => Some(1),
                // Functions of scripts have many names that are given to them somewhere else.
                (false, false) if !is_script(self.program.language(info.file)) => None,
                _ => Some(2),
            }
        };
        let mut turns: [Vec<FunctionId>; 3] = Default::default();
        for function in all() {
            if let Some(list) = turn(function).and_then(|turn: usize| turns.get_mut(turn)) {
                list.push(function);
            }
        }
        turns
    }

    /// Tells which functions are longer or deeper than is looked at.
    pub(crate) fn tell_cut(&mut self) {
        for index in 0..self.program.functions.len() {
            let function = FunctionId::at(index);
            if let Some(limit) = self.code(function).and_then(|code| code.cut) {
                self.limit(function, limit);
            }
        }
    }

    fn note_mentions(&self, function: FunctionId, code: &Code, mentions: &mut Mentions) {
        let names = &self.values.constants;
        for instruction in code.instructions() {
            let name = match instruction.op {
                Op::Function(named) => {
                    mentions.functions.entry(named).or_default().push(function);
                    continue;
                }
                Op::Class(class)
                | Op::Call {
                    target:
                        Target::Construct {
                            body: Some(class), ..
                        },
                    ..
                } => {
                    mentions.classes.entry(class).or_default().push(function);
                    continue;
                }
                Op::Call {
                    target: Target::Method { name, .. } | Target::Super { name, .. },
                    ..
                }
                | Op::Field { name, .. } => Some(name),
                Op::Outer(_, crate::values::Key::Name(name)) => Some(name),
                Op::Imported(path) => {
                    let last = names.text(path).rsplit(['.', '/']).next();
                    last.and_then(|last| names.known_name(last))
                }
                _ => None,
            };
            if let Some(name) = name {
                let list = mentions.names.entry(name).or_default();
                if list.last() != Some(&function) {
                    list.push(function);
                }
            }
        }
    }

    /// The functions, and all that may come to call them, as far as names tell.
    fn leading_to(&self, functions: Vec<FunctionId>, mentions: &Mentions) -> Set<FunctionId> {
        let mut found: Set<FunctionId> = functions.iter().copied().collect();
        let mut names: Set<Name> = Set::default();
        let mut classes: Set<ClassId> = Set::default();
        let mut todo = functions;
        while let Some(function) = todo.pop() {
            let mut callers: Vec<&Vec<FunctionId>> = Vec::new();
            callers.extend(mentions.functions.get(&function));
            let info = self.program.function(function);
            let name = info.and_then(|info| info.name).filter(|&name| names.insert(name));
            callers.extend(name.and_then(|name| mentions.names.get(&name)));
            // A class is mentioned by whoever makes objects of it or of one below it.
            let mut below: Vec<ClassId> = info.and_then(|info| info.class).into_iter().collect();
            while let Some(class) = below.pop() {
                if !classes.insert(class) {
                    continue;
                }
                callers.extend(mentions.classes.get(&class));
                if let Some(info) = self.program.class(class) {
                    callers.extend(info.name.and_then(|name| mentions.names.get(&name)));
                    below.extend(&info.children);
                }
            }
            for &caller in callers.into_iter().flatten() {
                if found.insert(caller) {
                    todo.push(caller);
                }
            }
        }
        found
    }

    fn is_asked(&self, file: FileId) -> bool {
        self.program.file(file).is_some_and(|file| file.is_asked)
    }

    /// Functions of files that are not asked about and that tell what variables hold there; none where all files are asked about.
    fn asked_around(&self) -> Option<Set<FunctionId>> {
        if self.program.files.iter().all(|file| file.is_asked) {
            return None;
        }
        let mut found: Set<FunctionId> = Set::default();
        for (info, code) in self.program.functions.iter().zip(&self.codes) {
            let Some(code) = code.as_ref().filter(|_| self.is_asked(info.file)) else {
                continue;
            };
            for instruction in code.instructions() {
                if let Op::Module(file) | Op::Outer(Root::Module(file), _) = instruction.op {
                    let top = (file, bartizan_syntax::NodeId::ROOT);
                    found.extend(self.program.function_at.get(&top));
                }
            }
        }
        for (index, class) in self.program.classes.iter().enumerate() {
            if !self.is_asked(class.file) {
                continue;
            }
            for above in self.program.lineage(ClassId::at(index)) {
                let Some(info) = self.program.class(above) else {
                    continue;
                };
                found.extend(info.initialiser);
                let methods = info.methods.iter().map(|(_, method)| *method);
                found.extend(methods.filter(|&method| self.is_constructor(above, method)));
            }
        }
        Some(found)
    }
}

const fn is_script(language: Language) -> bool {
    matches!(
        language,
        Language::JavaScript | Language::TypeScript | Language::Tsx
    )
}
