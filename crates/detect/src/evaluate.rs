//! Judges events: which rules are true of one.
//!
//! Each question is answered once for an event, whichever rules ask it, and no memory is taken where nothing matches.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use bartizan_model::runtime::{Alert, AlertContainer, AlertProcess, Event};
use base64::Engine as _;

use crate::compile::{How, Matcher, Node, NodeId, RuleId, Rules, Subject, stand};
use crate::fields::{HostNames, Read, View, base};
use crate::language::Transformer;
use crate::show::harmless;

/// Processes that an alert tells of beside the one that asked
const DEPTH: usize = 8;

/// Judges events by rules. One for each thread that has events.
#[derive(Debug)]
pub struct Detector {
    rules: Arc<Rules>,
    names: HostNames,
    /// By nodes: the event for which it was answered, and the answer
    answers: Vec<(u64, bool)>,
    round: u64,
    matched: Vec<RuleId>,
    scratch: Scratch,
}

impl Detector {
    /// A detector that knows no names of addresses.
    #[must_use]
    pub fn new(rules: Arc<Rules>) -> Self {
        Self {
            answers: vec![(0, false); rules.nodes().len()],
            names: HostNames::new(),
            round: 0,
            matched: Vec::new(),
            scratch: Scratch::default(),
            rules,
        }
    }

    /// The rules
    #[must_use]
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// Names of addresses, as `fd.sip.name` and its like have them. Rules name the hosts that they ask for ([`Rules::host_names`]); who runs them
    /// looks up their addresses from time to time.
    pub fn know(&mut self, names: impl IntoIterator<Item = (IpAddr, Box<str>)>) {
        self.names.clear();
        for (address, name) in names {
            self.names.entry(address.to_canonical()).or_default().push(name);
        }
    }

    /// The rules that are true of an event, in their order.
    pub fn judge(&mut self, event: &Event<'_>) -> &[RuleId] {
        self.matched.clear();
        self.round += 1;
        let rules = Arc::clone(&self.rules);
        let view = View {
            event,
            names: &self.names,
        };
        for (rule, node) in rules.of_call(event.call) {
            let mut judge = Judge {
                rules: &rules,
                answers: &mut self.answers,
                round: self.round,
                scratch: &self.scratch,
            };
            if judge.node(*node, &view) {
                self.matched.push(*rule);
            }
        }
        &self.matched
    }

    /// What is told of an event that a rule is true of.
    #[must_use]
    pub fn alert(&self, rule: RuleId, event: &Event<'_>) -> Option<Alert> {
        let rule = self.rules.get(rule)?;
        let view = View {
            event,
            names: &self.names,
        };
        let (output, fields) = rule.format.write(&view, &self.scratch);
        let process = &*event.process;
        let chain = std::iter::once(process).chain(process.ancestors().take(DEPTH));
        Some(Alert {
            rule: harmless(rule.name.as_bytes()),
            priority: rule.priority,
            time: event.time,
            source: "syscall".to_owned(),
            output,
            fields,
            tags: rule.tags.iter().map(|tag| harmless(tag.as_bytes())).collect(),
            processes: chain.map(|process| AlertProcess::of(process, harmless)).collect(),
            container: process
                .container
                .as_ref()
                .map(|container| AlertContainer::of(container, harmless)),
        })
    }
}

struct Judge<'j> {
    rules: &'j Rules,
    answers: &'j mut [(u64, bool)],
    round: u64,
    scratch: &'j Scratch,
}

impl Judge<'_> {
    fn node(&mut self, id: NodeId, view: &View<'_>) -> bool {
        if let Some((round, answer)) = self.answers.get(id as usize)
            && *round == self.round
        {
            return *answer;
        }
        let rules = self.rules;
        let answer = match rules.nodes().get(id) {
            Node::Constant(value) => *value,
            Node::Not(inner) => !self.node(*inner, view),
            Node::And(parts) => parts.iter().all(|part| self.node(*part, view)),
            Node::Or(parts) => parts.iter().any(|part| self.node(*part, view)),
            Node::Leaf(number) => match (rules.nodes().leaf_of(*number), rules.nodes().matcher(*number)) {
                (Some(leaf), Some(matcher)) => {
                    self.scratch
                        .answer(&leaf.subject, leaf.without_answer(), matcher, view)
                }
                _ => false,
            },
        };
        if let Some(place) = self.answers.get_mut(id as usize) {
            *place = (self.round, answer);
        }
        answer
    }
}

/// Room for texts that are put together, used again for each event.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    free: RefCell<Vec<Vec<u8>>>,
}

impl Scratch {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let mut room = self.free.borrow_mut().pop().unwrap_or_default();
        room.clear();
        let result = work(&mut room);
        self.free.borrow_mut().push(room);
        result
    }

    /// The answer to a question
    fn answer(&self, subject: &Subject, without: bool, matcher: &Matcher, view: &View<'_>) -> bool {
        match &matcher.how {
            How::Exists => self.texts(subject, view, &mut |_| true),
            How::Text(text) => {
                // Only where a rule asks for having no answer has it to be known whether there was one.
                if without {
                    let mut any = false;
                    let matched = self.texts(subject, view, &mut |one| {
                        any = true;
                        text.matches(one)
                    });
                    return matched || !any;
                }
                self.texts(subject, view, &mut |one| text.matches(one))
            }
            How::Number(relation, value) => {
                self.numbers(subject, view, &mut |one| relation.holds(one, *value))
            }
            How::Numbers(values) => {
                self.numbers(subject, view, &mut |one| values.binary_search(&one).is_ok())
            }
            How::Boolean(value) => boolean(subject, view) == Some(*value),
            How::Addresses(values) => addresses(subject, view)
                .into_iter()
                .flatten()
                .any(|one| values.contains(&one)),
            How::Networks(values) => {
                let addresses = addresses(subject, view);
                addresses
                    .into_iter()
                    .flatten()
                    .any(|one| values.iter().any(|network| network.has(one)))
            }
            How::Other(compare, other) => self.texts(subject, view, &mut |left| {
                self.texts(other, view, &mut |right| stand(*compare, left, right))
            }),
            How::OtherNumber(relation, other) => self.numbers(subject, view, &mut |left| {
                self.numbers(other, view, &mut |right| relation.holds(left, right))
            }),
        }
    }

    /// Hands over each text of a subject until one is enough; whatever is no text is written as one.
    pub(crate) fn texts(
        &self,
        subject: &Subject,
        view: &View<'_>,
        each: &mut dyn FnMut(&[u8]) -> bool,
    ) -> bool {
        match subject {
            Subject::Text(text) => each(text.as_bytes()),
            Subject::Field(field, argument) => match field.0.read {
                Read::Text(read) => read(view, argument).is_some_and(each),
                Read::Built(build) => self.with(|room| build(view, argument, room) && each(room)),
                Read::Many(read) => read(view, argument, each),
                Read::Number(_) | Read::Numbers(_) => {
                    self.numbers(subject, view, &mut |number| self.written(&number, each))
                }
                Read::Boolean(read) => read(view).is_some_and(|value| self.written(&value, each)),
                Read::Address(read) | Read::Network(read) => read(view)
                    .into_iter()
                    .flatten()
                    .any(|address| self.written(&address, each)),
                Read::Never(_) => false,
            },
            Subject::Apply(Transformer::Length, _) => {
                self.numbers(subject, view, &mut |number| self.written(&number, each))
            }
            Subject::Apply(transformer, inner) => self.texts(inner, view, &mut |text| {
                self.transformed(*transformer, text, each)
            }),
            Subject::Join(between, parts) => {
                self.with(|room| self.join(between, parts, view, room) && each(room))
            }
        }
    }

    fn written(&self, value: &dyn std::fmt::Display, each: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        use std::io::Write;
        self.with(|room| write!(room, "{value}").is_ok() && each(room))
    }

    fn transformed(
        &self,
        transformer: Transformer,
        text: &[u8],
        each: &mut dyn FnMut(&[u8]) -> bool,
    ) -> bool {
        self.with(|room| match transformer {
            Transformer::Lower => {
                room.extend_from_slice(text);
                room.make_ascii_lowercase();
                each(room)
            }
            Transformer::Upper => {
                room.extend_from_slice(text);
                room.make_ascii_uppercase();
                each(room)
            }
            Transformer::Basename => each(base(text)),
            Transformer::Base64 => {
                let read = base64::engine::general_purpose::STANDARD.decode_vec(text, room);
                read.is_ok() && each(room)
            }
            _ => each(text),
        })
    }

    /// False where a part has no answer
    fn join(&self, between: &str, parts: &[Subject], view: &View<'_>, room: &mut Vec<u8>) -> bool {
        let mut first = true;
        for part in parts {
            let mut any = false;
            self.texts(part, view, &mut |text| {
                if !std::mem::take(&mut first) {
                    room.extend_from_slice(between.as_bytes());
                }
                room.extend_from_slice(text);
                any = true;
                false
            });
            if !any {
                return false;
            }
        }
        true
    }

    fn numbers(&self, subject: &Subject, view: &View<'_>, each: &mut dyn FnMut(i64) -> bool) -> bool {
        match subject {
            Subject::Field(field, argument) => match field.0.read {
                Read::Number(read) => read(view, argument).is_some_and(each),
                Read::Numbers(read) => read(view).into_iter().flatten().any(each),
                _ => false,
            },
            Subject::Apply(Transformer::Length, inner) => self.length(inner, view).is_some_and(each),
            _ => false,
        }
    }

    /// Bytes of a text; how many there are of a field that has several
    fn length(&self, subject: &Subject, view: &View<'_>) -> Option<i64> {
        let (mut count, mut bytes) = (0_i64, 0);
        self.texts(subject, view, &mut |text| {
            count += 1;
            bytes = text.len();
            false
        });
        let several = matches!(subject, Subject::Field(field, crate::fields::Argument::None) if matches!(field.0.read, Read::Many(_)));
        match (several, count) {
            (true, count) => Some(count),
            (false, 0) => None,
            (false, _) => i64::try_from(bytes).ok(),
        }
    }
}

fn boolean(subject: &Subject, view: &View<'_>) -> Option<bool> {
    match subject {
        Subject::Field(field, _) => match field.0.read {
            Read::Boolean(read) => read(view),
            _ => None,
        },
        _ => None,
    }
}

fn addresses(subject: &Subject, view: &View<'_>) -> [Option<IpAddr>; 2] {
    match subject {
        Subject::Field(field, _) => match field.0.read {
            Read::Address(read) | Read::Network(read) => read(view),
            _ => [None, None],
        },
        _ => [None, None],
    }
}

/// Names of hosts that rules ask for.
pub(crate) fn host_names(rules: &Rules) -> BTreeSet<Box<str>> {
    rules.values_of(|name| name.ends_with("ip.name"))
}
