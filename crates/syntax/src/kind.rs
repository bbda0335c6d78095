//! What a node can be, and which children it has, in which order.
//!
//! Where a child may be missing, a node of kind [`Kind::Nothing`] stands in its place, so that a child is known by its position. `*`
//! after a child below means any number of them.

/// What a node is. The comment of each names its children in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Stands where an optional child is absent. No children, an empty span at the place where it would be.
    Nothing,
    /// A whole file: statement*.
    Module,
    /// Statements between braces, or of one indentation: statement*. In a class, the initialiser of the class (`static {}`) has the symbol
    /// `static`, that of objects none.
    Block,

    // Names and literals: no children; the symbol is the name or the value.
    /// An identifier; the symbol is its text.
    Name,
    /// `this`, or `self` where the language makes it a keyword.
    This,
    /// `super`, `base`, `parent`.
    Super,
    /// A string or character without interpolation; the symbol is its value with escapes resolved. Adjacent literals that the language
    /// joins are one node.
    Str,
    /// A number; the symbol is its text without separators.
    Number,
    /// `true` or `false`; the symbol is one of these two words whatever the language writes.
    Bool,
    /// `null`, `nil`, `None`, `undefined`; the symbol is the word as written.
    Null,
    /// A literal of a regular expression: the symbol is the pattern without its delimiters and flags.
    Regex,
    /// A string with interpolation: ([`Kind::Str`] | expression)*.
    Template,

    // Expressions.
    /// `object.name`: object, Name. [`super::Flags::OPTIONAL`] for `?.`.
    Member,
    /// `object[index]`: object, index. Several indices are a Tuple.
    Index,
    /// `low:high:step` within an index: low?, high?, step?.
    Slice,
    /// A call: callee, Args. A tagged template is a call with [`super::Flags::TAGGED`] and the Template as its argument.
    Call,
    /// Creation of an object: type, Args, class body Block?.
    New,
    /// Arguments in parentheses: (expression | Keyword | Spread)*.
    Args,
    /// `name=value` among arguments: Name, value.
    Keyword,
    /// `*x`, `**x`, `...x`: value. The operator is [`Operator::Times`] or [`Operator::Power`] (`**`).
    Spread,
    /// An operator and its operand: operand. Addresses and dereferences are [`Operator::AddressOf`] and [`Operator::Dereference`].
    Unary,
    /// `++x`, `x--`: operand. The operator is `Plus` or `Minus`; [`super::Flags::PREFIX`] when it stands before.
    Update,
    /// Two operands, comparisons and logical operators included: left, right. `a < b < c` is `(a < b) and (b < c)` with shared spans.
    Binary,
    /// An assignment as an expression: target, value. The operator is [`Operator::None`], or that of `+=` and its like.
    Assign,
    /// `condition ? a : b`: condition, then, else.
    Conditional,
    /// A function without a name of its own: Params, return type?, Block or the expression it returns.
    Lambda,
    /// A list or array: (expression | Spread)*.
    List,
    /// A tuple, or a sequence of expressions by commas: expression*.
    Tuple,
    /// A set: (expression | Spread)*.
    Set,
    /// A map or object literal: (Pair | Spread | Function)*.
    Map,
    /// An entry of a map, or `name: value` of a composite literal: key, value. A key that is a plain name in JavaScript is a Str.
    Pair,
    /// `[e for x in y if z]`: element, (ForClause | IfClause)*. The operator tells the container: `List`, `Set`, `Map`, or `None` for a
    /// generator. The element of a map is a Pair.
    Comprehension,
    /// `for target in iterable`: target, iterable.
    ForClause,
    /// `if condition`: condition.
    IfClause,
    /// `await x`: operand.
    Await,
    /// `yield x`: operand?. [`super::Flags::SPREAD`] for `yield from` and `yield*`.
    Yield,
    /// A cast or type assertion: type, operand.
    Cast,
    /// `x instanceof T`, `x is T`: operand, type, bound (Name | Destructure)?. In patterns of a case the operand is absent: it is the subject.
    TypeTest,
    /// `Type::method`, a reference to a method: object or type, Name.
    MethodReference,
    /// A composite literal with its type, as in Go: type, (expression | Pair)*.
    Composite,
    /// An expression in parentheses stands without them; the span of the inner node is that of the inner text. This kind is only for
    /// targets of assignments that destructure: (target | Spread | Pair | Assign with default)*. Operator `List` or `Map`.
    Destructure,
    /// An element of JSX: name?, Attributes, child*. A fragment has no name.
    Element,
    /// Attributes of an element: (Attribute | Spread)*.
    Attributes,
    /// One attribute: Name, value?.
    Attribute,
    /// Text between elements of JSX; the symbol is the text.
    ElementText,

    // Types.
    /// A type as written: one child, a Name, a Member, a Generic, an ArrayType, or Other.
    Type,
    /// A generic type: base, Type*.
    Generic,
    /// An array, slice or pointer type: element type. The operator is `Dereference` for pointers.
    ArrayType,

    // Statements.
    /// An expression for its effect: expression.
    Expression,
    /// A declaration of one variable or field: Modifiers, target, type?, value?. Constants of enumerations, components of records and elements
    /// of annotations are variables, too. `a, b = 1, 2` of a declaration has a Tuple as target.
    Variable,
    /// `if`: condition, then Block, else (Block | If)?. A statement before the condition (Go) stands before the If in a Block of its own.
    If,
    /// `while`: condition, Block, else Block?.
    While,
    /// `do … while`: Block, condition.
    DoWhile,
    /// `for (;;)`: Block of initialisers, condition?, Block of steps, Block.
    For,
    /// `for x in y`: target, iterable, Block, else Block?. Declared with the loop: [`super::Flags::DECLARES`]; where the declaration gives a
    /// type (Java), the target is a Variable without a value. `for … in` of JavaScript,
    /// and `range` with one variable, go over keys: [`super::Flags::KEYS`].
    ForEach,
    /// `switch`, `match`, `select`: subject?, Case*. Where it gives a value, that is what a Yield in it gives, or the Expression at the end of
    /// a case that does not fall through.
    Switch,
    /// One case: Patterns, guard?, Block. [`super::Flags::FALLS_THROUGH`] when the end of the block goes on into the next case.
    Case,
    /// Patterns of a case; none for `default`: expression*.
    Patterns,
    /// `try`: resources Block?, Block, Catches, else Block?, finally Block?.
    Try,
    /// Handlers of a try: Catch*.
    Catches,
    /// One handler: Type?, Name?, Block. Several types are a Tuple. `except*` of Python: [`super::Flags::SPREAD`].
    Catch,
    /// `with`, `using`, `synchronized`: WithItem*, Block as the last child.
    With,
    /// What a with opens: expression, target?.
    WithItem,
    /// `return`: value?.
    Return,
    /// `throw`, `raise`: value?, cause?.
    Throw,
    /// `break`: label Name?.
    Break,
    /// `continue`: label Name?.
    Continue,
    /// A label and its statement: Name, statement.
    Labelled,
    /// `assert`: condition, message?.
    Assert,
    /// `del`, `delete`: target*.
    Delete,
    /// `global`, `nonlocal`: Name*. The symbol of the latter is `nonlocal`.
    Global,
    /// A statement that does nothing (`pass`, `;`).
    Pass,
    /// `go f()`: Call.
    Spawn,
    /// `defer f()`: Call.
    Defer,

    // Declarations.
    /// A function or method: Modifiers, Name?, Params, return type?, Block?, receiver Param?.
    Function,
    /// Parameters: (Param | Other)*. What separates kinds of parameters (`*` and `/` of Python) is an Other.
    Params,
    /// A parameter: Modifiers, target, type?, default?. The operator is `Times` for the rest of positions, `Power` for the rest of names.
    Param,
    /// A class, interface, struct, enumeration or record: Modifiers, Name?, Supers, Block. The operator tells which.
    Class,
    /// What a class derives from: (type expression | Keyword)*.
    Supers,
    /// Modifiers and decorators before a declaration: (Name | Annotation)*.
    Modifiers,
    /// A decorator or annotation: expression (Name, Member or Call).
    Annotation,
    /// `import a.b as c`: Path, alias Name?.
    Import,
    /// `from a.b import c as d`: Path, ImportItem*.
    ImportFrom,
    /// One imported name: Name, alias Name?. `*` is a Name. `default` of JavaScript is the Name `default`.
    ImportItem,
    /// A module's path; the symbol is the path as the language writes it (`a.b.c`, `../lib/x`, `net/http`).
    Path,
    /// `package a.b`: Path.
    Package,
    /// `export …`: statement, or expression with [`super::Flags::DEFAULT`].
    Export,

    // What has no kind of its own.
    /// Anything else; the symbol is the grammar's name of it: child*.
    Other,
    /// Text that the grammar could not read: child* as far as any were made out.
    Broken,

    // Of patterns only, never in a file.
    /// `$X`; the symbol is the name with its dollar.
    Metavariable,
    /// `$...X`; the symbol is `$...X`.
    MetavariableEllipsis,
    /// `...`.
    Ellipsis,
    /// `<... x ...>`: x.
    DeepEllipsis,
    /// `($X: T)`, a metavariable with a type: Metavariable, type.
    TypedMetavariable,
}

/// The operator of a node, or what tells nodes of one kind apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Operator {
    /// No operator.
    #[default]
    None,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `//` of Python
    FloorDivide,
    /// `%`
    Modulo,
    /// `**`
    Power,
    /// `@` between operands
    MatrixTimes,
    /// `&&`, `and`
    And,
    /// `||`, `or`
    Or,
    /// `!`, `not`
    Not,
    /// `??`, `?:`
    Coalesce,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `~`
    BitNot,
    /// `&^` of Go
    BitClear,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `>>>`
    ShiftRightUnsigned,
    /// `==`, and `===` with [`Operator::Identical`]
    Equal,
    /// `!=`
    NotEqual,
    /// `===`, `is`
    Identical,
    /// `!==`, `is not`
    NotIdentical,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `.` or `..` where it joins strings (PHP, Lua)
    Concatenate,
    /// `<-` of Go: a send as a binary, a receive as a unary
    Channel,
    /// `&x`
    AddressOf,
    /// `*x`
    Dereference,
    /// `typeof`
    TypeOf,
    /// `void` of JavaScript
    Void,
    /// `delete` as an expression
    Delete,
    /// A list (comprehensions, destructuring)
    List,
    /// A set
    Set,
    /// A map
    Map,
    /// A class among classes
    Class,
    /// An interface among classes
    Interface,
    /// A struct among classes
    Struct,
    /// An enumeration among classes
    Enumeration,
    /// A record among classes
    Record,
    /// A trait among classes
    Trait,
    /// A namespace or module block among classes
    Namespace,
    /// Any operator that has no name here; the symbol of the node is its text
    Other,
}
