//! What lowering has to know of a language beyond its tree.

use bartizan_syntax::Language;

/// Which bodies give what their last statement gives, without a `return`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tails {
    /// None
    No,
    /// Those of functions without a name
    Closures,
    /// All
    All,
}

/// What a language calls the functions that fill a new object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constructors {
    /// Fields are filled in their order
    None,
    /// This name
    Named(&'static str),
    /// The name of the class
    AsClass,
}

/// What tells a language from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) tails: Tails,
    pub(crate) constructors: Constructors,
    /// Fields and methods of the object at hand go by their names alone
    pub(crate) bare_members: bool,
    /// A name that is declared once more in the same scope hides the one before
    pub(crate) hides: bool,
    /// Names in patterns are bound to what they stand for
    pub(crate) binds_in_patterns: bool,
    /// A statement that ends with a semicolon gives nothing, and `break` may give something
    pub(crate) ends_values: bool,
    /// Constructors that hold one value, which is taken for that value
    pub(crate) wrappers: &'static [&'static str],
    /// `if` and `while` may declare what holds within them only
    pub(crate) scopes_of_conditions: bool,
    /// A variable may be referred to by its address, and changed through that
    pub(crate) addresses: bool,
    /// Blocks with a name (`mod`, `namespace`) hold functions and classes like files do
    pub(crate) name_spaces: bool,
    /// A function without parameters may be called by its name alone
    pub(crate) calls_by_name: bool,
    /// What the class at hand is called within itself
    pub(crate) own_type: Option<&'static str>,
    /// Functions that make an object of the class that they take as a type
    pub(crate) makers: &'static [&'static str],
    /// A name between two operands calls a method
    pub(crate) infix: bool,
    /// A declaration of a variable makes an object of its type
    pub(crate) declarations_make: bool,
    /// A function may take a variable itself, without the caller saying so
    pub(crate) passes_references: bool,
    /// A field and a method may have the same name
    pub(crate) fields_apart: bool,
    /// What is called `length` of something outside the program is a number
    pub(crate) length_is_number: bool,
    /// Functions of one name are told apart by what they take
    pub(crate) overloads: bool,
    /// What is assigned in a function is a variable of all of it, and functions with a name see no variables around them
    pub(crate) function_scope: bool,
    /// A name or member without arguments may be a call; blocks are given beside the arguments; `@x` is a field
    pub(crate) bare_calls: bool,
    /// Names of variables begin with a dollar, those of fields do not; closures see what they say that they use
    pub(crate) dollars: bool,
    /// What stands in braces after the creation of an object fills it
    pub(crate) creation_fills: bool,
    /// A method of a class that makes an object of it
    pub(crate) maker: Option<&'static str>,
    /// Targets of loops are variables of the loop
    pub(crate) loops_declare: bool,
    /// A method of a function value that calls it
    pub(crate) invoke: Option<&'static str>,
    /// What a closure without parameters calls the one that it has all the same
    pub(crate) implied_parameter: Option<&'static str>,
    /// The names of its texts and of its lists and maps, by which models know them
    pub(crate) text: &'static str,
    pub(crate) list: &'static str,
    pub(crate) map: &'static str,
    /// Types in which no text fits
    pub(crate) scalars: &'static [&'static str],
}

const USUAL: Traits = Traits {
    tails: Tails::No,
    constructors: Constructors::None,
    bare_members: false,
    hides: false,
    binds_in_patterns: false,
    ends_values: false,
    wrappers: &[],
    scopes_of_conditions: false,
    addresses: false,
    name_spaces: false,
    calls_by_name: false,
    own_type: None,
    makers: &[],
    infix: false,
    fields_apart: false,
    length_is_number: false,
    passes_references: false,
    declarations_make: false,
    overloads: false,
    function_scope: false,
    bare_calls: false,
    dollars: false,
    creation_fills: false,
    maker: None,
    loops_declare: false,
    invoke: None,
    implied_parameter: None,
    text: "string",
    list: "slice",
    map: "map",
    scalars: &[],
};

const SCRIPT: Traits = Traits {
    constructors: Constructors::Named("constructor"),
    text: "String",
    list: "Array",
    map: "Object",
    scalars: &["number", "boolean", "bigint", "void"],
    ..USUAL
};

const JAVA: Traits = Traits {
    length_is_number: true,
    constructors: Constructors::AsClass,
    bare_members: true,
    hides: true,
    text: "java.lang.String",
    list: "array",
    map: "array",
    scalars: &[
        "int",
        "long",
        "short",
        "byte",
        "char",
        "boolean",
        "float",
        "double",
        "Integer",
        "Long",
        "Short",
        "Byte",
        "Character",
        "Boolean",
        "Float",
        "Double",
    ],
    ..USUAL
};

const GO: Traits = Traits {
    hides: true,
    scalars: &[
        "bool",
        "byte",
        "rune",
        "uintptr",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
    ],
    ..USUAL
};

const PYTHON: Traits = Traits {
    constructors: Constructors::Named("__init__"),
    binds_in_patterns: true,
    text: "str",
    list: "list",
    map: "dict",
    scalars: &["int", "float", "bool", "complex"],
    ..USUAL
};

const RUST: Traits = Traits {
    fields_apart: true,
    own_type: Some("Self"),
    addresses: true,
    loops_declare: true,
    tails: Tails::All,
    hides: true,
    binds_in_patterns: true,
    ends_values: true,
    wrappers: &["Some", "Ok", "Err"],
    scopes_of_conditions: true,
    name_spaces: true,
    text: "String",
    list: "Vec",
    map: "HashMap",
    scalars: &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize",
    ],
    ..USUAL
};

const C: Traits = Traits {
    declarations_make: true,
    addresses: true,
    loops_declare: true,
    hides: true,
    scopes_of_conditions: true,
    name_spaces: true,
    text: "char",
    list: "array",
    map: "struct",
    scalars: &[
        "bool", "float", "double", "int", "long", "short", "unsigned", "size_t", "ssize_t", "int8_t",
        "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t",
    ],
    ..USUAL
};

const CPP: Traits = Traits {
    passes_references: true,
    makers: &["make_unique", "make_shared"],
    overloads: true,
    constructors: Constructors::AsClass,
    bare_members: true,
    invoke: Some("operator()"),
    text: "std.string",
    list: "std.vector",
    map: "std.map",
    ..C
};

const KOTLIN: Traits = Traits {
    length_is_number: true,
    infix: true,
    overloads: true,
    loops_declare: true,
    tails: Tails::Closures,
    constructors: Constructors::Named("constructor"),
    bare_members: true,
    hides: true,
    invoke: Some("invoke"),
    implied_parameter: Some("it"),
    text: "String",
    list: "List",
    map: "Map",
    scalars: &[
        "Int", "Long", "Short", "Byte", "Char", "Boolean", "Float", "Double",
    ],
    ..USUAL
};

const SCALA: Traits = Traits {
    calls_by_name: true,
    tails: Tails::All,
    constructors: Constructors::Named("this"),
    binds_in_patterns: true,
    wrappers: &["Some", "Right", "Left", "Success", "Failure"],
    invoke: Some("apply"),
    implied_parameter: None,
    ..KOTLIN
};

const RUBY: Traits = Traits {
    tails: Tails::All,
    constructors: Constructors::Named("initialize"),
    function_scope: true,
    bare_calls: true,
    maker: Some("new"),
    invoke: Some("call"),
    text: "String",
    list: "Array",
    map: "Hash",
    ..USUAL
};

const PHP: Traits = Traits {
    constructors: Constructors::Named("__construct"),
    name_spaces: true,
    function_scope: true,
    dollars: true,
    own_type: Some("self"),
    invoke: Some("__invoke"),
    text: "string",
    list: "array",
    map: "array",
    scalars: &["int", "float", "bool"],
    ..USUAL
};

const CSHARP: Traits = Traits {
    constructors: Constructors::AsClass,
    bare_members: true,
    hides: true,
    name_spaces: true,
    overloads: true,
    loops_declare: true,
    creation_fills: true,
    invoke: Some("Invoke"),
    text: "string",
    list: "List",
    map: "Dictionary",
    scalars: &[
        "bool", "byte", "sbyte", "char", "decimal", "double", "float", "int", "uint", "long", "ulong",
        "short", "ushort", "nint", "nuint",
    ],
    ..USUAL
};

impl Traits {
    /// What is known of a language.
    pub(crate) const fn of(language: Language) -> Self {
        match language {
            Language::Python => PYTHON,
            Language::JavaScript | Language::TypeScript | Language::Tsx => SCRIPT,
            Language::Java => JAVA,
            Language::Go => GO,
            Language::Rust => RUST,
            Language::C => C,
            Language::Cpp => CPP,
            Language::Kotlin => KOTLIN,
            Language::Scala => SCALA,
            Language::Ruby => RUBY,
            Language::Php => PHP,
            Language::CSharp => CSHARP,
            Language::Bash => USUAL,
        }
    }
}
