//! Findings: which source reaches which sink, and on which way.

use std::collections::BTreeMap;

use bartizan_syntax::NodeId;

use crate::limits::Limit;
use crate::model::RuleId;
use crate::solve::Engine;
use crate::solve::summary::Reached;
use crate::values::{Origin, Step, TraceId};

/// Everything that an analysis found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By rule, sink and source, in the order of paths and of the text
    pub findings: Vec<Finding>,
    /// What was cut short
    pub limited: Vec<Limited>,
}

/// A source that reaches a sink. Files are places in the list that the analysis was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule of both
    pub rule: RuleId,
    /// The file of the sink
    pub file: usize,
    /// The node of the sink
    pub sink: NodeId,
    /// The file of the source
    pub source_file: usize,
    /// The node of the source
    pub source: NodeId,
    /// The file and the node that put the data where another call found it, if the way is one between calls
    pub kept: Option<(usize, NodeId)>,
    /// The way, the source first, the sink left out
    pub steps: Vec<PathStep>,
}

/// One step of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathStep {
    /// The file
    pub file: usize,
    /// The node
    pub node: NodeId,
    /// What happens there
    pub what: What,
}

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// Data comes in
    Source,
    /// It is given a name, or a place in an object
    Assigned,
    /// A function is called with it
    Called,
    /// A function finds it where another call left it
    Found,
    /// It arrives in that function as this parameter
    Entered,
    /// It comes back from a function
    Returned,
    /// Something known passes it on
    Passed,
    /// It goes through a sanitizer that does not count for this rule
    OtherSanitizer,
}

/// A function that was not followed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// The file
    pub file: usize,
    /// The node of the function; the root for the top of a file
    pub function: NodeId,
    /// Which bound was met
    pub limit: Limit,
}

impl Engine<'_> {
    /// All findings, each pair of source and sink once for a rule.
    pub(crate) fn found(mut self) -> Found {
        let mut all: BTreeMap<(usize, NodeId, RuleId, usize, NodeId), TraceId> = BTreeMap::new();
        let mut reached: Vec<Reached> = Vec::new();
        for unit in &mut self.units {
            reached.append(&mut unit.reached);
        }
        reached.append(&mut self.surroundings.reached);
        for one in reached {
            let Some(Origin::Source { file, node }) = self.values.origin_of(one.origin) else {
                continue;
            };
            let Some(&rule) = self.marks.rule_of.get(one.slot as usize) else {
                continue;
            };
            let key = (one.sink.file.index(), one.sink.node, rule, file.index(), node);
            all.entry(key).or_insert(one.trace);
        }
        let given = |file: usize| self.program.given.get(file).copied().unwrap_or(file);
        let findings = all
            .into_iter()
            .map(|((file, sink, rule, source_file, source), trace)| Finding {
                rule,
                file: given(file),
                sink,
                source_file: given(source_file),
                source,
                kept: self.kept(trace).map(|(file, node)| (given(file), node)),
                steps: self.steps(rule, trace),
            })
            .collect();
        let mut limited = Vec::new();
        for (function, limits) in &self.limited {
            let Some(info) = self.program.function(*function) else {
                continue;
            };
            limited.extend(limits.iter().map(|&limit| Limited {
                file: given(info.file.index()),
                function: info.node,
                limit,
            }));
        }
        Found { findings, limited }
    }

    /// Which node put the data where another call found it, at the last such step of a way.
    fn kept(&self, way: TraceId) -> Option<(usize, NodeId)> {
        let mut at = self.values.trace_of(way)?;
        loop {
            let before = self.values.trace_of(at.before)?;
            if matches!(at.step, Step::Found { .. }) {
                return Some((before.file.index(), before.node));
            }
            at = before;
        }
    }

    /// The steps of a way, its source first. What happens within calls comes between the call and what follows it.
    fn steps(&self, rule: RuleId, trace: TraceId) -> Vec<PathStep> {
        // Walked from the end: what lies within a call comes before the call itself, and that before what led to it.
        enum Work {
            Way(TraceId),
            Step(PathStep),
        }
        let mut found = Vec::new();
        let mut todo = vec![Work::Way(trace)];
        while let Some(work) = todo.pop() {
            if found.len() >= self.limits.steps {
                break;
            }
            let trace = match work {
                Work::Step(step) => {
                    found.push(step);
                    continue;
                }
                Work::Way(at) => match self.values.trace_of(at) {
                    Some(trace) => trace,
                    None => continue,
                },
            };
            todo.push(Work::Way(trace.before));
            let what = match trace.step {
                Step::Source => What::Source,
                Step::Entered => What::Entered,
                Step::Assigned => What::Assigned,
                Step::Returned => What::Returned,
                Step::Passed => What::Passed,
                Step::Called { .. } => What::Called,
                Step::Found { .. } => What::Found,
                Step::Cleaned(slots) if self.counts(rule, slots) => continue,
                Step::Cleaned(_) => What::OtherSanitizer,
            };
            todo.push(Work::Step(self.path_step(trace.file, trace.node, what)));
            if let Step::Called { inner } | Step::Found { inner } = trace.step {
                todo.push(Work::Way(inner));
            }
        }
        found.reverse();
        found.dedup();
        found
    }

    /// Whether any of the slots is one of the rule.
    fn counts(&self, rule: RuleId, slots: crate::values::Slots) -> bool {
        self.values
            .rules
            .slots(slots)
            .iter()
            .any(|&slot| self.marks.rule_of.get(slot as usize) == Some(&rule))
    }

    fn path_step(&self, file: crate::program::FileId, node: NodeId, what: What) -> PathStep {
        PathStep {
            file: self
                .program
                .given
                .get(file.index())
                .copied()
                .unwrap_or(file.index()),
            node,
            what,
        }
    }
}
