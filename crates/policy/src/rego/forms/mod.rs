//! The forms in which policies in Rego are written: which rule is asked, what it is given, and how its answer is read.
