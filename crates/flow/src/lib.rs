//! Where data goes in a program: the tree of [`bartizan_syntax`] flows in, findings of tainted data flow out.
