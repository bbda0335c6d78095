//! The functions that Kubernetes adds to CEL: quantities, addresses, networks, and sums and extremes of lists.
//!
//! In: arguments of calls. Out: values, or an error that the API server would give, too.
//! <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-cel-libraries>. Not here: `url`, `semver`, `format` by name, the authorizer, and
//! `indexOf` of lists. Who calls one of them gets no answer, never a wrong one.

use super::address::{Network, address};
use super::quantity::Quantity;
use cel::extractors::This;
use cel::objects::Opaque;
use cel::{Context, DeclarationError, ExecutionError, Value};
use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::Arc;

/// The functions of this file: what they refuse, the API server refuses.
pub(super) const OWN: &[&str] = &[
    "add",
    "asApproximateFloat",
    "asInteger",
    "cidr",
    "compareTo",
    "containsCIDR",
    "containsIP",
    "family",
    "ip",
    "ip.isCanonical",
    "isGreaterThan",
    "isInteger",
    "isLessThan",
    "masked",
    "max",
    "min",
    "prefixLength",
    "quantity",
    "sign",
    "sub",
    "sum",
];

type Answer = Result<Value, ExecutionError>;

impl Opaque for Quantity {
    fn runtime_type_name(&self) -> &str {
        "kubernetes.Quantity"
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Ip(IpAddr);

impl Opaque for Ip {
    fn runtime_type_name(&self) -> &str {
        "net.IP"
    }
}

impl Opaque for Network {
    fn runtime_type_name(&self) -> &str {
        "net.CIDR"
    }
}

pub(super) fn add_to(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    quantities(context)?;
    addresses(context)?;
    networks(context)?;
    lists(context)?;
    sets(context)?;
    patterns(context)
}

/// <https://pkg.go.dev/github.com/google/cel-go/ext#Sets>
fn sets(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    type List = Arc<Vec<Value>>;
    context.add_function("sets.contains", |all: List, some: List| {
        some.iter().all(|item| all.contains(item))
    })?;
    context.add_function("sets.equivalent", |one: List, other: List| {
        one.iter().all(|item| other.contains(item)) && other.iter().all(|item| one.contains(item))
    })?;
    context.add_function("sets.intersects", |one: List, other: List| {
        one.iter().any(|item| other.contains(item))
    })
}

fn patterns(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    context.add_function(
        "find",
        |This(text): This<Arc<String>>, pattern: Arc<String>| -> Answer {
            let found = compiled("find", &pattern)?
                .find(text.as_str())
                .map(|found| found.range());
            let found = found.and_then(|range| text.get(range)).unwrap_or_default();
            Ok(Value::String(Arc::new(found.to_owned())))
        },
    )?;
    context.add_function(
        "findAll",
        |This(text): This<Arc<String>>, pattern: Arc<String>| -> Answer {
            let pattern = compiled("findAll", &pattern)?;
            let all = pattern
                .find_iter(text.as_str())
                .filter_map(|found| text.get(found.range()));
            let all = all
                .map(|found| Value::String(Arc::new(found.to_owned())))
                .collect();
            Ok(Value::List(Arc::new(all)))
        },
    )
}

fn compiled(name: &str, pattern: &str) -> Result<regex_automata::meta::Regex, ExecutionError> {
    crate::regexes::compiled(pattern).map_err(|_| failed(name, "the pattern cannot be read"))
}

fn quantities(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    context.add_function("quantity", |This(text): This<Arc<String>>| -> Answer {
        let amount = Quantity::read(&text);
        amount.map(opaque).ok_or_else(|| refused("quantity", &text))
    })?;
    context.add_function("isQuantity", |This(text): This<Arc<String>>| {
        Quantity::read(&text).is_some()
    })?;
    context.add_function("isInteger", |This(of): This<Value>| -> Answer {
        Ok(Value::Bool(amount(&of, "isInteger")?.integer().is_some()))
    })?;
    context.add_function("asInteger", |This(of): This<Value>| -> Answer {
        let whole = amount(&of, "asInteger")?.integer();
        whole
            .map(Value::Int)
            .ok_or_else(|| failed("asInteger", "cannot convert value to integer"))
    })?;
    context.add_function("asApproximateFloat", |This(of): This<Value>| -> Answer {
        let amount = amount(&of, "asApproximateFloat")?;
        Ok(Value::Float(amount.approximately()))
    })?;
    context.add_function("sign", |This(of): This<Value>| -> Answer {
        Ok(Value::Int(amount(&of, "sign")?.sign()))
    })?;
    context.add_function("isGreaterThan", |This(a): This<Value>, b: Value| -> Answer {
        compared(&a, &b, "isGreaterThan").map(|order| Value::Bool(order.is_gt()))
    })?;
    context.add_function("isLessThan", |This(a): This<Value>, b: Value| -> Answer {
        compared(&a, &b, "isLessThan").map(|order| Value::Bool(order.is_lt()))
    })?;
    context.add_function("compareTo", |This(a): This<Value>, b: Value| -> Answer {
        compared(&a, &b, "compareTo").map(|order| Value::Int(order as i64))
    })?;
    context.add_function("add", |This(a): This<Value>, b: Value| -> Answer {
        let sum = amount(&a, "add")?.plus(amount_or_whole(&b, "add")?);
        sum.map(opaque).ok_or_else(|| failed("add", "overflow"))
    })?;
    context.add_function("sub", |This(a): This<Value>, b: Value| -> Answer {
        let difference = amount(&a, "sub")?.minus(amount_or_whole(&b, "sub")?);
        difference.map(opaque).ok_or_else(|| failed("sub", "overflow"))
    })
}

fn addresses(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    // `ip(text)` reads an address; `cidr.ip()` gives a network's.
    context.add_function("ip", |This(of): This<Value>| -> Answer {
        match &of {
            Value::String(text) => {
                let ip = address(text).map(|ip| opaque(Ip(ip)));
                ip.ok_or_else(|| refused("ip", text))
            }
            other => Ok(opaque(Ip(network(other, "ip")?.address))),
        }
    })?;
    context.add_function("isIP", |This(text): This<Arc<String>>| address(&text).is_some())?;
    context.add_function("ip.isCanonical", |text: Arc<String>| -> Answer {
        let ip = address(&text).ok_or_else(|| refused("ip.isCanonical", &text))?;
        Ok(Value::Bool(ip.to_string() == *text))
    })?;
    context.add_function("family", |This(of): This<Value>| -> Answer {
        Ok(Value::Int(if host(&of, "family")?.is_ipv4() { 4 } else { 6 }))
    })?;
    asks(context, "isUnspecified", |ip| ip.is_unspecified())?;
    asks(context, "isLoopback", |ip| ip.is_loopback())?;
    asks(context, "isLinkLocalMulticast", |ip| match ip {
        IpAddr::V4(four) => matches!(four.octets(), [224, 0, 0, _]),
        IpAddr::V6(six) => matches!(six.segments(), [first, ..] if first & 0xff0f == 0xff02),
    })?;
    asks(context, "isLinkLocalUnicast", |ip| match ip {
        IpAddr::V4(four) => four.is_link_local(),
        IpAddr::V6(six) => six.is_unicast_link_local(),
    })?;
    // As Go has it: private addresses are global unicast, too.
    asks(context, "isGlobalUnicast", |ip| {
        let special = ip.is_unspecified() || ip.is_loopback() || ip.is_multicast();
        !special
            && match ip {
                IpAddr::V4(four) => !four.is_broadcast() && !four.is_link_local(),
                IpAddr::V6(six) => !six.is_unicast_link_local(),
            }
    })
}

fn networks(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    context.add_function("cidr", |This(text): This<Arc<String>>| -> Answer {
        let network = Network::read(&text);
        network.map(opaque).ok_or_else(|| refused("cidr", &text))
    })?;
    context.add_function("isCIDR", |This(text): This<Arc<String>>| {
        Network::read(&text).is_some()
    })?;
    context.add_function("prefixLength", |This(of): This<Value>| -> Answer {
        Ok(Value::Int(i64::from(network(&of, "prefixLength")?.prefix)))
    })?;
    context.add_function("masked", |This(of): This<Value>| -> Answer {
        Ok(opaque(network(&of, "masked")?.masked()))
    })?;
    context.add_function("containsIP", |This(of): This<Value>, other: Value| -> Answer {
        let ip = match &other {
            Value::String(text) => address(text).ok_or_else(|| refused("containsIP", text))?,
            value => host(value, "containsIP")?,
        };
        Ok(Value::Bool(network(&of, "containsIP")?.contains(ip)))
    })?;
    context.add_function("containsCIDR", |This(of): This<Value>, other: Value| -> Answer {
        let inner = match &other {
            Value::String(text) => Network::read(text).ok_or_else(|| refused("containsCIDR", text))?,
            value => network(value, "containsCIDR")?,
        };
        let outer = network(&of, "containsCIDR")?;
        Ok(Value::Bool(outer.contains_network(inner)))
    })
}

fn lists(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    context.add_function("isSorted", |This(list): This<Arc<Vec<Value>>>| -> Answer {
        for (one, next) in list.iter().zip(list.iter().skip(1)) {
            if ordered(one, next, "isSorted")?.is_gt() {
                return Ok(Value::Bool(false));
            }
        }
        Ok(Value::Bool(true))
    })?;
    context.add_function("min", |This(list): This<Arc<Vec<Value>>>| {
        extreme(&list, Ordering::Less, "min")
    })?;
    context.add_function("max", |This(list): This<Arc<Vec<Value>>>| {
        extreme(&list, Ordering::Greater, "max")
    })?;
    context.add_function("sum", |This(list): This<Arc<Vec<Value>>>| -> Answer {
        list.iter()
            .try_fold(Value::Int(0), |sum, item| match (sum, item) {
                (Value::Int(a), Value::Int(b)) => {
                    let sum = a.checked_add(*b).map(Value::Int);
                    sum.ok_or_else(|| failed("sum", "overflow"))
                }
                (_, other) => Err(no_overload("sum", other)),
            })
    })
}

fn asks(
    context: &mut Context<'_, '_>,
    name: &'static str,
    question: fn(IpAddr) -> bool,
) -> Result<(), DeclarationError> {
    context.add_function(name, move |This(of): This<Value>| -> Answer {
        host(&of, name).map(|ip| Value::Bool(question(ip)))
    })
}

fn extreme(list: &[Value], wanted: Ordering, name: &str) -> Answer {
    let mut items = list.iter();
    let first = items
        .next()
        .ok_or_else(|| failed(name, "called on an empty list"))?;
    let found = items.try_fold(first, |best, item| {
        Ok(if ordered(item, best, name)? == wanted {
            item
        } else {
            best
        })
    });
    found.cloned()
}

fn ordered(one: &Value, other: &Value, name: &str) -> Result<Ordering, ExecutionError> {
    match (one, other) {
        (Value::Int(a), Value::Int(b)) => Ok(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Ok(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).ok_or_else(|| no_overload(name, other)),
        _ => Err(no_overload(name, other)),
    }
}

fn compared(one: &Value, other: &Value, name: &str) -> Result<Ordering, ExecutionError> {
    Ok(amount(one, name)?.cmp(&amount(other, name)?))
}

fn amount(value: &Value, name: &str) -> Result<Quantity, ExecutionError> {
    inside::<Quantity>(value)
        .copied()
        .ok_or_else(|| no_overload(name, value))
}

fn amount_or_whole(value: &Value, name: &str) -> Result<Quantity, ExecutionError> {
    match value {
        Value::Int(whole) => Ok(Quantity::whole(*whole)),
        other => amount(other, name),
    }
}

fn host(value: &Value, name: &str) -> Result<IpAddr, ExecutionError> {
    let ip = inside::<Ip>(value).map(|ip| ip.0);
    ip.ok_or_else(|| no_overload(name, value))
}

fn network(value: &Value, name: &str) -> Result<Network, ExecutionError> {
    inside::<Network>(value)
        .copied()
        .ok_or_else(|| no_overload(name, value))
}

fn inside<T: 'static>(value: &Value) -> Option<&T> {
    match value {
        Value::Opaque(inner) => inner.downcast_ref::<T>(),
        _ => None,
    }
}

fn opaque<T: Opaque>(value: T) -> Value {
    Value::Opaque(Arc::new(value))
}

fn refused(name: &str, text: &str) -> ExecutionError {
    failed(name, &format!("cannot read {text:?}"))
}

fn failed(name: &str, message: &str) -> ExecutionError {
    ExecutionError::FunctionError {
        function: name.to_owned(),
        message: message.to_owned(),
    }
}

fn no_overload(name: &str, value: &Value) -> ExecutionError {
    ExecutionError::no_such_overload(name, vec![value.type_of().to_string()])
}
