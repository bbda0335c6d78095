//! Where a module has to be edited.
//!
//! In: a module as the engine has read it. Out: groups of edits of its text.

use super::CASE;
use super::edit::{BRACE, Group, insert, replace};
use super::tree::{
    alias, binds, builtin, case, children, comprehension, constant, indices, name, pairs, reference, root,
    wanders, words,
};
use crate::rego::dress::Code;
use regorus::unstable::{
    BoolOp, Expr, Literal, LiteralStmt, Module, Query, Rule, RuleAssign, RuleBody, RuleHead, Span,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub(super) struct Walk<'a> {
    text: &'a str,
    v1: bool,
    package: String,
    /// Names of rules and functions of the module, and what its imports are called.
    rules: BTreeSet<String>,
    imports: BTreeSet<String>,
    /// The rule that is walked.
    rule: Range<usize>,
    code: Code<'a>,
    /// Where the bracket opens that closes there.
    opens: BTreeMap<usize, usize>,
    named: &'a mut usize,
    groups: Vec<Group>,
}

impl<'a> Walk<'a> {
    pub(super) fn over(module: &Module, text: &'a str, named: &'a mut usize) -> Vec<Group> {
        let code = Code::of(text);
        let mut walk = Walk {
            text,
            v1: module.rego_v1,
            package: module.package.refr.span().text().split_whitespace().collect(),
            rules: module.policy.iter().filter_map(|rule| name(rule)).collect(),
            imports: module.imports.iter().filter_map(alias).collect(),
            rule: 0..0,
            opens: pairs(&code),
            code,
            named,
            groups: Vec::new(),
        };
        for rule in &module.policy {
            walk.rule = walk.range(rule.span());
            if let Rule::Spec { head, bodies, .. } = rule.as_ref() {
                walk.head(head, bodies);
                for body in bodies {
                    walk.body(body);
                }
            }
        }
        walk.groups
    }

    fn head(&mut self, head: &RuleHead, bodies: &[RuleBody]) {
        match head {
            RuleHead::Compr { refr, assign, .. } => {
                self.cases(refr, bodies);
                if let Some(assign) = assign {
                    self.value(&assign.value, bodies.first());
                }
            }
            RuleHead::Set { key: Some(key), .. } => self.value(key, bodies.first()),
            RuleHead::Set { .. } => {}
            RuleHead::Func { assign, .. } => {
                if let Some(assign) = assign {
                    if bodies.is_empty() {
                        self.bodiless(assign);
                    }
                    self.value(&assign.value, bodies.first());
                }
            }
        }
    }

    fn body(&mut self, body: &RuleBody) {
        if let Some(assign) = &body.assign {
            self.value(&assign.value, Some(body));
        }
        self.query(&body.query);
    }

    /// A case of a test is noted once its name is bound.
    fn cases(&mut self, refr: &Expr, bodies: &[RuleBody]) {
        let Some((test, cases)) = case(refr) else { return };
        if cases.is_empty() || !(test.starts_with("test_") || test.starts_with("todo_test_")) {
            return;
        }
        for body in bodies.iter().filter(|body| !body.query.stmts.is_empty()) {
            let noted = body
                .query
                .stmts
                .iter()
                .any(|s| self.at(&s.span).starts_with(CASE));
            if noted {
                continue;
            }
            let call = format!("{CASE}([{}])", cases.join(", "));
            let mut group = self.braces(&body.query);
            let bound = body.query.stmts.iter().find(|s| binds(s, &cases));
            let Some(at) = bound
                .or(body.query.stmts.first())
                .map(|s| self.range(&s.span).end)
            else {
                continue;
            };
            group.insert(0, insert(at, format!("; {call}")));
            self.groups.push(group);
        }
    }

    /// A value of a rule that looks into something by a name, moved into the body that binds the name.
    fn value(&mut self, value: &Expr, body: Option<&RuleBody>) {
        let query = body.map(|body| &body.query);
        if let Some(query) = query.filter(|query| !query.stmts.is_empty() && wanders(value)) {
            let moved = self.fresh();
            let mut group = self.after(query, &[(value, &moved)]);
            group.push(replace(self.place(value), moved));
            self.groups.push(group);
        }
        self.expr(value);
    }

    fn bodiless(&mut self, assign: &RuleAssign) {
        if constant(&assign.value) {
            return;
        }
        let moved = self.fresh();
        let at = self.place(&assign.value);
        let value = self.text.get(at.clone()).unwrap_or_default();
        let word = if self.v1 { "if " } else { "" };
        let whole = format!("{moved} {word}{{ {moved} := {value} }}");
        self.groups.push(vec![replace(at, whole)]);
    }

    fn query(&mut self, query: &Query) {
        for stmt in &query.stmts {
            match &stmt.literal {
                Literal::NotExpr { expr, .. } => {
                    self.negated(query, stmt, expr);
                    self.expr(expr);
                }
                Literal::SomeVars { vars, .. } => self.some(query, stmt, vars),
                Literal::SomeIn {
                    key,
                    value,
                    collection,
                    ..
                } => {
                    key.iter().for_each(|key| self.expr(key));
                    self.expr(value);
                    self.expr(collection);
                }
                Literal::Expr { expr, .. } => self.expr(expr),
                Literal::Every { domain, query, .. } => {
                    self.expr(domain);
                    self.query(query);
                }
            }
            for with in &stmt.with_mods {
                self.with(&with.refr);
                self.given(query, stmt, &with.refr, &with.r#as);
                self.expr(&with.r#as);
            }
        }
    }

    fn negated(&mut self, query: &Query, stmt: &LiteralStmt, expr: &Expr) {
        let mut moving: Vec<&Expr> = Vec::new();
        match expr {
            Expr::Call { params, .. } => moving.extend(params.iter().map(AsRef::as_ref)),
            Expr::BoolExpr {
                op: BoolOp::Eq,
                lhs,
                rhs,
                ..
            } => {
                for side in [lhs, rhs] {
                    if reference(side) {
                        indices(side, &mut moving);
                    } else if !comprehension(side) {
                        moving.push(side);
                    }
                }
            }
            Expr::BoolExpr { lhs, rhs, .. } => moving.extend([lhs.as_ref(), rhs]),
            Expr::Membership {
                key,
                value,
                collection,
                ..
            } => moving.extend(key.iter().chain([value, collection]).map(AsRef::as_ref)),
            Expr::RefBrack { .. } | Expr::RefDot { .. } => indices(expr, &mut moving),
            _ => {}
        }
        moving.retain(|part| self.moves(part));
        if moving.is_empty() {
            return;
        }
        let with = self.withs(stmt);
        let mut group = self.braces(query);
        let at = self.range(&stmt.span).start;
        for part in moving {
            let moved = self.fresh();
            let place = self.place(part);
            let text = self.text.get(place.clone()).unwrap_or_default();
            group.push(insert(at, format!("{moved} := {text}{with}; ")));
            group.push(replace(place, moved));
        }
        self.groups.push(group);
    }

    /// The modifiers of a statement as they are written, with a blank before them.
    fn withs(&self, stmt: &LiteralStmt) -> String {
        let first = stmt.with_mods.first().map(|with| self.range(&with.span).start);
        let text = first.and_then(|first| self.text.get(first..self.range(&stmt.span).end));
        text.map(|text| format!(" {}", text.trim_end()))
            .unwrap_or_default()
    }

    fn some(&mut self, query: &Query, stmt: &LiteralStmt, vars: &[Span]) {
        let inside = self.range(&query.span);
        let elsewhere = |name: &str| {
            self.rules.contains(name) || self.imports.contains(name) || {
                let whole = self.text.get(self.rule.clone()).unwrap_or_default();
                words(whole, name).any(|at| !inside.contains(&(self.rule.start + at)))
            }
        };
        // A name that is also in the head is this one.
        if !vars.iter().any(|var| elsewhere(var.text())) {
            self.groups.push(vec![replace(self.range(&stmt.span), "true")]);
        }
    }

    fn with(&mut self, target: &Expr) {
        let Some(name) = root(target) else { return };
        let at = self.range(target.span()).start;
        let known = ["input", "data"].contains(&name) || self.imports.contains(name);
        if !known && (self.rules.contains(name) || matches!(target, Expr::Var { .. }) && !builtin(name)) {
            self.groups
                .push(vec![insert(at, format!("data.{}.", self.package))]);
        }
    }

    /// What `with` puts there is evaluated before. A reference may be to a function, which can only stand for what is no input.
    fn given(&mut self, query: &Query, stmt: &LiteralStmt, target: &Expr, value: &Expr) {
        if !self.moves(value) || (root(target) != Some("input") && reference(value)) {
            return;
        }
        let moved = self.fresh();
        let place = self.place(value);
        let text = self.text.get(place.clone()).unwrap_or_default();
        let mut group = self.braces(query);
        group.push(insert(
            self.range(&stmt.span).start,
            format!("{moved} := {text}; "),
        ));
        group.push(replace(place, moved));
        self.groups.push(group);
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.comprehension(&[term], query);
            }
            Expr::ObjectCompr {
                key, value, query, ..
            } => self.comprehension(&[key, value], query),
            other => children(other).into_iter().for_each(|child| self.expr(child)),
        }
    }

    fn comprehension(&mut self, terms: &[&Expr], query: &Query) {
        for term in terms {
            if wanders(term) {
                let moved = self.fresh();
                let mut group = self.after(query, &[(term, &moved)]);
                group.push(replace(self.place(term), moved));
                self.groups.push(group);
            }
            self.expr(term);
        }
        self.query(query);
    }

    /// What puts `name := value` behind the last statement of a query, with braces where it had none.
    fn after(&self, query: &Query, bound: &[(&Expr, &String)]) -> Group {
        let mut group = self.braces(query);
        let Some(last) = query.stmts.last() else {
            return group;
        };
        let end = self.range(&last.span).end;
        for (value, name) in bound {
            let text = self.text.get(self.place(value)).unwrap_or_default();
            group.insert(0, insert(end, format!("; {name} := {text}")));
        }
        group
    }

    /// Braces around the only statement of a body that has none.
    fn braces(&self, query: &Query) -> Group {
        let Some(first) = query.stmts.first() else {
            return Vec::new();
        };
        let (whole, first) = (self.range(&query.span), self.range(&first.span));
        let inside = self.text.get(..first.start).unwrap_or_default().trim_end();
        if whole.start < first.start || inside.ends_with(['|', '{']) {
            return Vec::new();
        }
        vec![insert(first.start, BRACE), insert(first.end, " }")]
    }

    /// Whether OPA evaluates an argument before the call.
    fn moves(&self, part: &Expr) -> bool {
        match part {
            Expr::Var { span, .. } => {
                let name = span.text();
                name == "input" || self.rules.contains(name) || self.imports.contains(name)
            }
            other => !constant(other),
        }
    }

    fn fresh(&mut self) -> String {
        *self.named += 1;
        format!("moved__{}", self.named)
    }

    fn at(&self, span: &Span) -> &'a str {
        self.text.get(self.range(span)).unwrap_or_default()
    }

    /// Where an expression stands. The engine says of an object only where its last member begins.
    fn place(&self, expr: &Expr) -> Range<usize> {
        let range = self.range(expr.span());
        match expr {
            Expr::Object { .. } => {
                let opens = range.end.checked_sub(1).and_then(|close| self.opens.get(&close));
                opens.copied().unwrap_or(range.start)..range.end
            }
            _ => range,
        }
    }

    /// Where something stands. The engine leaves the quotes out of texts.
    fn range(&self, span: &Span) -> Range<usize> {
        let place = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        let (start, end) = (place(span.start), place(span.end));
        let around = |at: usize| {
            let index = self.code.quoted.partition_point(|text| text.end <= at);
            self.code.quoted.get(index).filter(|text| text.start < at)
        };
        let last = end.max(start);
        around(start).map_or(start, |text| text.start)..around(last).map_or(last, |text| text.end)
    }
}
