//! Expressions of CEL with the functions of Kubernetes, friendly and hostile.

use bartizan_policy::Cause;
use bartizan_policy::cel::{Environment, Failure};
use cel::Value;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

fn value(source: &str, names: &BTreeMap<String, Value>) -> Result<Value, Failure> {
    let environment = Environment::kubernetes()?;
    environment.value(&environment.read(source)?, names)
}

fn is_true(source: &str) {
    assert_eq!(value(source, &BTreeMap::new()), Ok(Value::Bool(true)), "{source}");
}

fn wide(count: i64) -> BTreeMap<String, Value> {
    let list = (0..count).map(Value::Int).collect();
    BTreeMap::from([("l".to_owned(), Value::List(Arc::new(list)))])
}

#[test]
fn quantities_compare_by_amount() {
    is_true("quantity('1Gi').isGreaterThan(quantity('1000M'))");
    is_true("quantity('100m').isLessThan(quantity('1'))");
    is_true("quantity('50k').compareTo(quantity('50000')) == 0");
    is_true("quantity('1').compareTo(quantity('2')) == -1");
    is_true("quantity('1k').asInteger() == 1000 && !quantity('50m').isInteger()");
    is_true("quantity('50k').add(quantity('20k')) == quantity('70k')");
    is_true("quantity('50').sub(20).sign() == 1");
    is_true("isQuantity('1.3Gi') && !isQuantity('a lot')");
}

#[test]
fn addresses_and_networks_are_told_apart() {
    is_true("ip('192.168.0.1').family() == 4 && ip('::1').isLoopback()");
    is_true("isIP('10.0.0.1') && !isIP('10.0.0.256') && !isIP('::ffff:1.2.3.4')");
    is_true("ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD')");
    is_true("ip('192.168.0.1').isGlobalUnicast() && !ip('127.0.0.1').isGlobalUnicast()");
    is_true("cidr('192.168.0.0/24').containsIP('192.168.0.9')");
    is_true("!cidr('192.168.0.0/24').containsIP(ip('192.168.1.9'))");
    is_true("cidr('192.168.0.0/16').containsCIDR(cidr('192.168.10.0/24'))");
    is_true("cidr('192.168.0.7/24').masked() == cidr('192.168.0.0/24')");
    is_true("cidr('192.168.0.7/24').ip() == ip('192.168.0.7')");
    is_true("cidr('::/16').prefixLength() == 16 && isCIDR('::/128') && !isCIDR('::/129')");
}

#[test]
fn lists_have_sums_and_extremes() {
    is_true("[1, 3, 4].isSorted() && !['b', 'a'].isSorted()");
    is_true("[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3 && [1, 2].sum() == 3");
    is_true("[1, 2].exists(i, i == 2) && 'a,b'.split(',').all(s, s.matches('^[ab]$'))");
    is_true("{'a': 1}[?'b'].orValue(2) == 2");
}

#[test]
fn a_key_that_is_not_there_is_an_error_of_the_policy() {
    assert!(matches!(
        value("{'a': 1}.b", &BTreeMap::new()),
        Err(Failure::Error(_))
    ));
    assert!(matches!(
        value("1 / 0 == 1", &BTreeMap::new()),
        Err(Failure::Error(_))
    ));
    assert!(matches!(
        value("quantity('x').sign() == 0", &BTreeMap::new()),
        Err(Failure::Error(_))
    ));
    assert!(matches!(
        value("[].max() == 0", &BTreeMap::new()),
        Err(Failure::Error(_))
    ));
}

#[test]
fn a_function_that_is_not_known_here_is_unknown() {
    for source in [
        "url('https://a').getHost() == 'a'",
        "authorizer.path('/').check('get')",
        "x",
    ] {
        assert!(
            matches!(
                value(source, &BTreeMap::new()),
                Err(Failure::Unknown(Cause::Failed(_)))
            ),
            "{source}"
        );
    }
}

#[test]
fn work_that_multiplies_is_refused_before_it_starts() {
    let over = |source: &str, names: &BTreeMap<String, Value>| {
        matches!(value(source, names), Err(Failure::Unknown(Cause::Limit { .. })))
    };
    assert!(over(
        "l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))",
        &wide(1000)
    ));
    assert!(over(
        "[1].map(a, l + l).map(b, b + b).map(c, c + c).size() > 0",
        &wide(1000)
    ));
    let bomb = format!("'a'{}.size() > 0", ".replace('', 'aaaaaaaaaaaaaaaa')".repeat(40));
    assert!(over(&bomb, &BTreeMap::new()));
    assert_eq!(
        value("l.all(a, l.exists(b, a == b))", &wide(1000)),
        Ok(Value::Bool(true))
    );
}

#[test]
fn texts_that_are_too_long_or_too_deep_are_refused() {
    let environment = Environment::kubernetes().unwrap();
    let long = format!("'{}'", "a".repeat(20_000));
    assert!(matches!(environment.read(&long), Err(Cause::Limit { .. })));
    for (open, close) in [("(", ")"), ("[", "]"), ("-(", ")"), ("{'a':", "}"), ("!", "")] {
        let deep = format!("{}1{}", open.repeat(2_000), close.repeat(2_000));
        let read = environment.read(&deep);
        assert!(read.is_err() || open == "!", "{open}");
    }
}

#[test]
fn a_pattern_made_to_explode_ends() {
    let names = BTreeMap::from([("s".to_owned(), Value::String(Arc::new("a".repeat(5_000))))]);
    assert_eq!(value("s.matches('^(a+)+$')", &names), Ok(Value::Bool(true)));
    assert!(value("s.matches('((a{1,900}){1,900}){1,900}')", &names).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(source in "\\PC{0,200}") {
        let _ = value(&source, &wide(3));
    }

    #[test]
    fn no_words_of_the_language_make_it_panic(
        words in proptest::collection::vec(
            prop_oneof![
                Just("l"), Just("."), Just("map"), Just("("), Just(")"), Just("all"), Just("x"), Just(","), Just("["), Just("]"),
                Just("1"), Just("'a'"), Just("+"), Just("?"), Just(":"), Just("has"), Just("quantity"), Just("ip"), Just("sum"),
                Just("{"), Just("}"), Just("cidr"), Just("-9223372036854775808"), Just("optional.of"), Just("format"), Just("substring"),
            ],
            0..24,
        ),
    ) {
        let environment = Environment::kubernetes().unwrap();
        if let Ok(expression) = environment.read(&words.concat()) {
            let found = environment.value(&expression, &wide(3));
            prop_assert!(!matches!(found, Err(Failure::Unknown(Cause::Panicked(_)))), "{}", words.concat());
        }
    }
}

#[test]
fn or_value_of_what_is_no_optional_value_is_that_value() {
    is_true("[1].orValue([]) == [1] && {'a': 1}.orValue({}).a == 1 && 'x'.orValue('y') == 'x'");
    is_true("{'a': 1}.?b.orValue(2) == 2 && {'a': 1}.?a.orValue(2) == 1");
    is_true("{'a': [1]}.?b.orValue({'c': [3]}.?c.orValue([4])) == [3]");
}

#[test]
fn sets_and_patterns_are_those_of_kubernetes() {
    is_true("sets.contains([1, 2, 2], [2]) && !sets.contains([1], [1, 3])");
    is_true(
        "sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [])",
    );
    is_true(
        "'abc 123'.find('[0-9]+') == '123' && '123 abc 456'.findAll('[0-9]+') == ['123', '456'] && 'x'.find('[0-9]') == ''",
    );
    is_true("duration('1h') < duration('2h')");
}

#[test]
fn a_function_that_is_not_there_gives_no_answer_whatever_it_is_asked() {
    for source in [
        "semver('1.0.0').major() == 1",
        "url('https://x').getHost() == 'x'",
        "nope(1)",
        "'a'.matches('(') || nope()",
    ] {
        let found = value(source, &BTreeMap::new());
        assert!(matches!(found, Err(Failure::Unknown(_))), "{source}: {found:?}");
    }
}
