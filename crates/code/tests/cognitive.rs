//! Cognitive complexity as G. A. Campbell published it (<https://www.sonarsource.com/resources/cognitive-complexity/>): each increment of its
//! appendix B in each language that is measured, and functions of our own with the structure of its worked examples, which come to the
//! published scores. A number in a comment is what its line adds.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use bartizan_code::quality::complexities;
use bartizan_syntax::Language::{Go, Java, JavaScript, Python, TypeScript};
use bartizan_syntax::{Language, parse};

/// Cognitive complexity of each function of a text, in order.
fn each(text: &str, language: Language) -> Vec<u32> {
    let parsed = parse(text, language);
    assert_eq!(parsed.problems, [], "{text}");
    let functions = complexities(&parsed.ast, text);
    functions.into_iter().map(|function| function.cognitive).collect()
}

/// The statements as the body of the only function of a file.
fn within(body: &str, language: Language) -> String {
    match language {
        Python => format!("def probe(a, b, c, d):\n{}\n", indented(body)),
        Java => format!("class Probe {{ int probe(int a, int b) {{\n{body}\n}} }}"),
        Go => format!("package probe\nfunc probe(a, b int) int {{\n{body}\n}}"),
        TypeScript => format!("function probe(a: number, b: number): void {{\n{body}\n}}"),
        _ => format!("function probe(a, b) {{\n{body}\n}}"),
    }
}

fn indented(body: &str) -> String {
    let lines = body.lines().map(|line| format!("    {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn check(rows: &[(Language, &str, u32)]) {
    for (language, body, expected) in rows {
        let text = within(body, *language);
        assert_eq!(each(&text, *language), [*expected], "{language:?}: {body}");
    }
}

const SCRIPTS: [Language; 2] = [JavaScript, TypeScript];

fn check_scripts(rows: &[(&str, u32)]) {
    for language in SCRIPTS {
        for (body, expected) in rows {
            check(&[(language, body, *expected)]);
        }
    }
}

#[test]
fn what_goes_straight_on_adds_nothing() {
    check(&[
        (
            Python,
            "b = a + 1\nwith open(a) as f:\n    f.write(b)\ntry:\n    b = 2\nfinally:\n    b = 3\nreturn b",
            0,
        ),
        (
            Java,
            "int n = a + 1; synchronized (this) { n++; } try { n--; } finally { n = 2; } return n;",
            0,
        ),
        (Go, "n := a + b\ndefer close(n)\ngo run(n)\n{ n++ }\nreturn n", 0),
    ]);
    check_scripts(&[
        (
            "const n = a + b; try { use(n); } finally { leave(n); } return n;",
            0,
        ),
        ("return a?.b ?? b;", 0),
    ]);
}

#[test]
fn leaving_early_adds_nothing_beside_its_condition() {
    check(&[
        (
            Python,
            "for x in a:\n    if x: continue\n    if b: break\n    if c: return x\n    if d: raise x",
            1 + 4 * 2,
        ),
        (
            Java,
            "for (;;) { if (a > 0) continue; if (b > 0) break; if (a < b) return 1; }",
            1 + 3 * 2,
        ),
        (
            Go,
            "for {\nif a > 0 { continue }\nif b > 0 { break }\nif a < b { return 1 }\n}",
            1 + 3 * 2,
        ),
    ]);
    check_scripts(&[(
        "for (;;) { if (a) continue; if (b) break; if (a < b) return; }",
        1 + 3 * 2,
    )]);
}

#[test]
fn every_kind_of_loop_adds_one_and_a_level() {
    check(&[
        (Python, "for x in a:\n    while x:\n        if b: pass", 1 + 2 + 3),
        (
            Python,
            "if a: pass\nasync def inner():\n    async for x in a:\n        if x: pass",
            1 + 2 + 3,
        ),
        (
            Java,
            "for (int i = 0; i < a; i++) { for (int n : all) { while (b > 0) { do { if (a > b) { b--; } } while (a > 0); } } }",
            1 + 2 + 3 + 4 + 5,
        ),
        (
            Go,
            "for i := 0; i < a; i++ { for range all { for a > b { for { if a > b { b++ } } } } }",
            1 + 2 + 3 + 4 + 5,
        ),
    ]);
    check_scripts(&[(
        "for (let i = 0; i < a; i++) { for (const k in b) { for (const v of b) { while (v) { do { if (a) { b--; } } while (a); } } } }",
        1 + 2 + 3 + 4 + 5 + 6,
    )]);
}

#[test]
fn else_if_and_else_add_one_whatever_the_level() {
    check(&[
        (
            Python,
            "if a:\n    if b:\n        pass\n    elif c:\n        pass\n    elif d:\n        pass\n    else:\n        pass\nelse:\n    pass",
            1 + 2 + 1 + 1 + 1 + 1,
        ),
        (
            Java,
            "if (a > 0) { if (b > 0) { } else if (a > 1) { } else if (a > 2) { } else { } } else { }",
            1 + 2 + 1 + 1 + 1 + 1,
        ),
        (
            Go,
            "if a > 0 { if n := b; n > 0 { } else if m := n; m > 1 { } else if a > 2 { } else { } } else { }",
            1 + 2 + 1 + 1 + 1 + 1,
        ),
    ]);
    check_scripts(&[(
        "if (a) { if (b) { } else if (a > 1) { } else if (a > 2) { } else { } } else { }",
        1 + 2 + 1 + 1 + 1 + 1,
    )]);
    // An `if` within the braces of an `else` is no `else if`.
    check(&[
        (Java, "if (a > 0) { } else { if (b > 0) { } }", 1 + 1 + 2),
        (Go, "if a > 0 { } else { if b > 0 { } }", 1 + 1 + 2),
        (
            Python,
            "if a:\n    pass\nelse:\n    if b:\n        pass",
            1 + 1 + 2,
        ),
    ]);
    check_scripts(&[("if (a) { } else { if (b) { } }", 1 + 1 + 2)]);
}

#[test]
fn a_conditional_expression_adds_as_an_if_does() {
    check(&[
        (
            Python,
            "b = 1 if a else 2\nif a:\n    b = 1 if b else 2",
            1 + 1 + 2,
        ),
        (
            Java,
            "int n = a > 0 ? 1 : 2; if (a > 0) { n = b > 0 ? 1 : 2; }",
            1 + 1 + 2,
        ),
    ]);
    check_scripts(&[
        ("let n = a ? 1 : 2; if (a) { n = b ? 1 : 2; }", 1 + 1 + 2),
        ("return a ? (b ? 1 : 2) : 3;", 1 + 2),
    ]);
}

#[test]
fn a_switch_adds_one_however_many_cases_it_has() {
    check(&[
        (
            Python,
            "match a:\n    case 1: pass\n    case 2 | 3: pass\n    case [x, y]:\n        if x: pass\n    case _: pass",
            1 + 2,
        ),
        (
            Java,
            "switch (a) { case 1: case 2: return 1; case 3: if (b > 0) { return 2; } default: return 3; }",
            1 + 2,
        ),
        (
            Java,
            "return switch (a) { case 1, 2 -> 1; case 3 -> { if (b > 0) { yield 2; } yield 4; } default -> 3; };",
            1 + 2,
        ),
        (
            Go,
            "switch a {\ncase 1, 2:\nreturn 1\ncase 3:\nif b > 0 { return 2 }\ndefault:\nreturn 3\n}",
            1 + 2,
        ),
        (
            Go,
            "switch v := any(a).(type) {\ncase int:\nreturn v\ncase string:\nif b > 0 { return 2 }\n}",
            1 + 2,
        ),
        (
            Go,
            "select {\ncase n := <-in:\nreturn n\ncase out <- a:\nif b > 0 { return 2 }\ndefault:\n}",
            1 + 2,
        ),
    ]);
    check_scripts(&[(
        "switch (a) { case 1: case 2: return; case 3: if (b) { return; } default: stop(); }",
        1 + 2,
    )]);
}

#[test]
fn each_catch_adds_one_and_a_level_and_try_and_finally_none() {
    check(&[
        (
            Python,
            "try:\n    if a: pass\nexcept ValueError:\n    if b: pass\nexcept (KeyError, OSError) as e:\n    pass\nfinally:\n    if c: pass",
            1 + 1 + 2 + 1 + 1,
        ),
        (
            Java,
            "try { if (a > 0) { } } catch (IOException e) { if (b > 0) { } } catch (A | B e) { } finally { if (a > b) { } }",
            1 + 1 + 2 + 1 + 1,
        ),
        (Java, "try (Reader r = open()) { if (a > 0) { } }", 1),
    ]);
    check_scripts(&[
        (
            "try { if (a) { } } catch (e) { if (b) { } } finally { if (a > b) { } }",
            1 + 1 + 2 + 1,
        ),
        ("try { go(); } catch { if (a) { } }", 1 + 2),
    ]);
}

#[test]
fn a_jump_to_a_label_adds_one_whatever_the_level() {
    check(&[
        (
            Java,
            "out: for (;;) { for (;;) { if (a > 0) { break out; } if (b > 0) { continue out; } } }",
            1 + 2 + 3 + 1 + 3 + 1,
        ),
        (
            Go,
            "out:\nfor { for { if a > 0 { break out }\nif b > 0 { continue out } } }",
            1 + 2 + 3 + 1 + 3 + 1,
        ),
        (Go, "again:\nif a > 0 { goto again }", 1 + 1),
    ]);
    check_scripts(&[(
        "out: for (;;) { for (;;) { if (a) { break out; } if (b) { continue out; } } }",
        1 + 2 + 3 + 1 + 3 + 1,
    )]);
}

#[test]
fn each_run_of_one_logical_operator_adds_one() {
    let rows = [
        ("a && b && c", 1),
        ("a || b || c || d", 1),
        ("a && b || c", 2),
        ("a && b && c || d || e && f", 3),
        ("a && !(b && c)", 2),
        ("!(a || b)", 1),
        ("!a", 0),
    ];
    for (condition, runs) in rows {
        for (language, body) in [
            (Java, format!("boolean n = {condition};")),
            (Go, format!("n := {condition}\nuse(n)")),
            (JavaScript, format!("const n = {condition};")),
            (TypeScript, format!("const n: boolean = {condition};")),
        ] {
            check(&[(language, &body, runs)]);
        }
        let words = condition
            .replace("&&", "and")
            .replace("||", "or")
            .replace('!', "not ");
        check(&[(Python, &format!("n = {words}"), runs)]);
    }
    // In a condition they add to it; calls between them divide nothing, and arguments are expressions of their own.
    check(&[
        (Java, "if (a > 0 && b > 0 || ready()) { }", 1 + 2),
        (Java, "return ready(a > 0 || b > 0) && a > 0 ? 1 : 2;", 1 + 1 + 1),
        (Python, "while a and ready(b or c) and d: pass", 1 + 2),
    ]);
}

#[test]
fn functions_within_a_function_add_a_level_and_nothing_of_themselves() {
    check(&[
        (
            Python,
            "if a: pass\ndef inner(x):\n    if x: pass\nreturn inner",
            1 + 2,
        ),
        (Python, "if a:\n    return map(lambda x: 1 if x else 2, b)", 1 + 3),
        (Java, "Runnable r = () -> { if (a > 0) { } };", 2),
        (
            Java,
            "if (a > 0) { all.forEach(n -> { if (n > 0) { } }); }",
            1 + 3,
        ),
        (
            Java,
            "Runnable r = new Runnable() { public void run() { if (a > 0) { } } };",
            2,
        ),
        (
            Go,
            "n := func() int { if a > 0 { return 1 }\nreturn 2 }\nif b > 0 { return n() }",
            2 + 1,
        ),
        (Go, "defer func() { if r := recover(); r != nil { use(r) } }()", 2),
    ]);
    check_scripts(&[
        (
            "if (a) { } const inner = function () { if (b) { } }; return inner;",
            1 + 2,
        ),
        ("if (a) { b.forEach((n) => { if (n) { } }); }", 1 + 3),
        ("if (a) { } return { m() { if (b) { } } };", 1 + 2),
    ]);
}

#[test]
fn every_function_of_a_recursion_adds_one_in_every_language() {
    let direct = [
        (Python, "def down(n):\n    return down(n - 1)\n"),
        (
            Python,
            "class A:\n    def down(self, n):\n        return self.down(n - 1)\n",
        ),
        (Java, "class A { int down(int n) { return down(n - 1); } }"),
        (Java, "class A { int down(int n) { return this.down(n - 1); } }"),
        (Go, "package p\nfunc down(n int) int { return down(n - 1) }"),
        (
            Go,
            "package p\nfunc (t *T) down(n int) int { return t.down(n - 1) }",
        ),
        (JavaScript, "function down(n) { return down(n - 1); }"),
        (JavaScript, "const down = (n) => down(n - 1);"),
        (
            TypeScript,
            "class A { down(n: number): number { return this.down(n - 1); } }",
        ),
    ];
    for (language, text) in direct {
        assert_eq!(each(text, language), [1], "{text}");
    }
    let around = [
        (
            Python,
            "def a(n):\n    return b(n)\ndef b(n):\n    return c(n)\ndef c(n):\n    return a(n)\ndef d(n):\n    return a(n)\n",
        ),
        (
            Java,
            "class A { int a() { return b(); } int b() { return c(); } int c() { return a(); } int d() { return a(); } }",
        ),
        (
            Go,
            "package p\nfunc a() int { return b() }\nfunc b() int { return c() }\nfunc c() int { return a() }\nfunc d() int { return a() }",
        ),
        (
            JavaScript,
            "function a() { return b(); } function b() { return c(); } function c() { return a(); } function d() { return a(); }",
        ),
    ];
    for (language, text) in around {
        assert_eq!(each(text, language), [1, 1, 1, 0], "{text}");
    }
    // A method of another object of the same name is no recursion.
    assert_eq!(each("class A { int size() { return list.size(); } }", Java), [0]);
}

/// The worked example of 19: a search in nested conditions.
#[test]
fn a_search_of_the_published_structure_comes_to_nineteen() {
    let java = "class Pantry { Jar firstFresh(Shelf shelf) {
        if (shelf.isLocked()) {                          // 1
            return Jar.NONE;
        }
        boolean doubtful = false;
        for (Jar jar : shelf.jars()) {                   // 1
            if (jar.holds(FRUIT)                         // 2
                && !jar.isOpen()) {                      // 1
                if (accepts(jar)) {                      // 3
                    Boolean fresh = taste(jar);
                    if (fresh == null) {                 // 4
                        if (!doubtful) {                 // 5
                            doubtful = true;
                        }
                    } else if (fresh) {                  // 1
                        return jar;
                    }
                }
            }
        }
        if (doubtful) {                                  // 1
            return Jar.NONE;
        }
        return null;
    } }";
    let python = "
def first_fresh(shelf):
    if shelf.locked:
        return NONE
    doubtful = False
    for jar in shelf:
        if jar.holds(FRUIT) and not jar.is_open:
            if accepts(jar):
                fresh = taste(jar)
                if fresh is None:
                    if not doubtful:
                        doubtful = True
                elif fresh:
                    return jar
    if doubtful:
        return NONE
    return None
";
    let go = "package pantry
        func firstFresh(shelf Shelf) *Jar {
            if shelf.locked { return nothing }
            doubtful := false
            for _, jar := range shelf.jars {
                if jar.holds(fruit) && !jar.open {
                    if accepts(jar) {
                        if fresh := taste(jar); fresh == nil {
                            if !doubtful { doubtful = true }
                        } else if *fresh { return jar }
                    }
                }
            }
            if doubtful { return nothing }
            return nil
        }";
    let script = "function firstFresh(shelf) {
            if (shelf.locked) { return NONE; }
            let doubtful = false;
            for (const jar of shelf.jars) {
                if (jar.holds(FRUIT) && !jar.open) {
                    if (accepts(jar)) {
                        const fresh = taste(jar);
                        if (fresh === null) {
                            if (!doubtful) { doubtful = true; }
                        } else if (fresh) { return jar; }
                    }
                }
            }
            if (doubtful) { return NONE; }
            return null;
        }";
    for (language, text) in [
        (Java, java),
        (Python, python),
        (Go, go),
        (JavaScript, script),
        (TypeScript, script),
    ] {
        assert_eq!(each(text, language), [19], "{language:?}");
    }
}

/// The worked example of 35: a loop that tries again, with handlers that try in their turn.
#[test]
fn a_loop_that_tries_again_of_the_published_structure_comes_to_thirty_five() {
    let java = "class Ferry { void board(Car car, Trip trip) throws Full, Late {
        while (true) {                                              // 1
            try {
                synchronized (this) {
                    if (last != null) {                             // 2
                        if (last.weight() > car.weight()) {         // 3
                            throw new Full();
                        }
                        if (trip.isOpen()) {                        // 3
                            for (Car c = last; c != null; c = c.next()) { // 4
                                long lane = c.lane();
                                long wait = dock.wait(lane, trip, 0);
                                if (wait == FOREVER) {              // 5
                                    throw new Again(lane);
                                }
                                if (wait != 0                       // 5
                                    && wait != GONE) {              // 1
                                    throw new Full();
                                }
                            }
                        }
                    }
                    car.follow(last);
                    last = car;
                    break;
                }
            } catch (Again again) {                                 // 2
                try {
                    long wait = dock.wait(again.lane(), trip, LONG);
                    if (wait != 0                                   // 3
                        && wait != GONE) {                          // 1
                        throw new Full();
                    }
                } catch (Stopped stopped) {                         // 3
                    throw new Late(stopped);
                }
            } catch (Stopped stopped) {                             // 2
                throw new Late(stopped);
            }
        }
    } }";
    let python = "
def board(self, car, trip):
    while True:
        try:
            with self.lock:
                if self.last is not None:
                    if self.last.weight > car.weight:
                        raise Full()
                    if trip.is_open:
                        for c in self.last:
                            wait = dock.wait(c.lane, trip, 0)
                            if wait == FOREVER:
                                raise Again(c.lane)
                            if wait != 0 and wait != GONE:
                                raise Full()
                car.follow(self.last)
                break
        except Again as again:
            try:
                wait = dock.wait(again.lane, trip, LONG)
                if wait != 0 and wait != GONE:
                    raise Full()
            except Stopped as stopped:
                raise Late(stopped)
        except Stopped as stopped:
            raise Late(stopped)
";
    assert_eq!(each(java, Java), [35]);
    assert_eq!(each(python, Python), [35]);
}

/// The worked example of 20 in Java: a chain of cases by character.
#[test]
fn a_chain_of_cases_of_the_published_structure_comes_to_twenty() {
    let java = "class Knots { String spell(String rope, String gap) {
        int i = rope.startsWith(LOOP) ||                 // 1
                rope.startsWith(HOOK) ? 1 : 0;           // 1
        while (i < rope.length()) {                      // 1
            char c = rope.charAt(i);
            if (KNOTS.indexOf(c) != -1) {                // 2
                out.add(c);
            } else if (c == '~') {                       // 1
                if (i + 1 < rope.length()                // 3
                    && rope.charAt(i + 1) == '~') {      // 1
                    if (i + 2 < rope.length()            // 4
                        && isGap(rope.charAt(i + 2))) {  // 1
                        i += 2;
                    } else {                             // 1
                        i += 1;
                    }
                } else {                                 // 1
                    out.add(gap);
                }
            } else if (c == '.') {                       // 1
                out.add(gap);
            } else if (isGap(c)) {                       // 1
                out.add(gap);
            } else {                                     // 1
                out.add(c);
            }
            i++;
        }
        return out.text();
    } }";
    let script = java
        .replace(
            "class Knots { String spell(String rope, String gap) {",
            "function spell(rope, gap) {",
        )
        .replace("    } }", "    }")
        .replace("int i", "let i")
        .replace("char c ", "const c ");
    let go = "package knots
        func spell(rope, gap string) string {
            for i < len(rope) {                          // 1
                c := rope[i]
                if known(c) {                            // 2
                    add(c)
                } else if c == '~' {                     // 1
                    if i+1 < len(rope) &&                // 3 + 1
                        rope[i+1] == '~' {
                        if i+2 < len(rope) &&            // 4 + 1
                            isGap(rope[i+2]) {
                            i += 2
                        } else {                         // 1
                            i++
                        }
                    } else {                             // 1
                        add(gap)
                    }
                } else if c == '.' {                     // 1
                    add(gap)
                } else if isGap(c) {                     // 1
                    add(gap)
                } else {                                 // 1
                    add(c)
                }
                i++
            }
            return text()
        }";
    assert_eq!(each(java, Java), [20]);
    assert_eq!(each(&script, JavaScript), [20]);
    // Go has no conditional expression, so that the first two are missing.
    assert_eq!(each(go, Go), [18]);
}

/// The worked example of 20 in JavaScript: functions that are called back within a method.
#[test]
fn functions_called_back_of_the_published_structure_come_to_twenty() {
    let script = "const boat = { land: function (place, done) {
        var me = this;
        if (typeof place === 'function') {                  // 1
            done = place;
            place = {};
        }
        place || (place = {});                              // 1
        me.sound(me.depth(), function (fault) {
            if (fault) {                                    // 2
                done && done.call(null, fault);             // 1
                return;
            }
            me.moor(me.isEmpty() ? 'bow' : 'stern', place, function (fault, rope) { // 2
                var note = { rope: rope }, knot;
                if (fault) {                                // 3
                    note.fault = fault;
                } else {                                    // 1
                    if (!me.bell) {                         // 4
                        me.bell = me.ring(note);
                    }
                    if (rope) {                             // 4
                        knot = note.knot = me.tie(rope);
                    }
                    me.rest = {};
                }
                done && done.apply(null, arguments);        // 1
            });
        });
        return me;
    } };";
    for language in SCRIPTS {
        assert_eq!(each(script, language), [20], "{language:?}");
    }
}
