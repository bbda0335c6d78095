//! Validating admission policies of Kubernetes.
//!
//! In: a `ValidatingAdmissionPolicy` as JSON, and what the API server would send about a request. Out: a decision.
//! <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>. What depends on the cluster (parameters and namespaces
//! that were not given, other versions of a kind) is unknown.

use super::expression::{Environment, Expression, Failure};
use super::scope;
use crate::selection::selects;
use crate::{Cause, Decide, Decision, Reason};
use cel::Value as Cel;
use serde_json::Value;
use std::collections::BTreeMap;

/// Expressions of one policy, of each kind.
const MOST_EXPRESSIONS: usize = 128;

/// A policy that was read.
pub struct ValidatingAdmissionPolicy {
    environment: Environment,
    constraints: Value,
    fails_closed: bool,
    wants_parameters: bool,
    parameters: Option<Value>,
    namespace: Option<Value>,
    conditions: Vec<Expression>,
    variables: Vec<(String, Expression)>,
    validations: Vec<Validation>,
}

struct Validation {
    expression: Expression,
    message: Option<String>,
    message_expression: Option<Expression>,
}

/// What a condition or validation came to.
enum Outcome {
    True,
    False,
    Error(String),
    Unknown(Cause),
}

impl ValidatingAdmissionPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Cause::Unreadable`] where it is no such policy or an expression is not CEL; [`Cause::Limit`] where it is too large.
    pub fn read(policy: &Value) -> Result<Self, Cause> {
        scope::within_limits(policy)?;
        if text(policy, "/kind") != Some("ValidatingAdmissionPolicy") {
            let wanted = "its kind is not ValidatingAdmissionPolicy";
            return Err(Cause::Unreadable(wanted.to_owned()));
        }
        let environment = Environment::kubernetes()?;
        let named = |path: &str| -> Result<Vec<(String, Expression)>, Cause> {
            let read = |entry| {
                let name = required(entry, "/name")?;
                Ok((name, environment.read(&required(entry, "/expression")?)?))
            };
            list(policy, path)?.iter().map(read).collect()
        };
        let validation = |entry| {
            let message = text(entry, "/messageExpression");
            Ok(Validation {
                expression: environment.read(&required(entry, "/expression")?)?,
                message: text(entry, "/message").map(str::to_owned),
                message_expression: message.map(|m| environment.read(m)).transpose()?,
            })
        };
        let conditions = named("/spec/matchConditions")?;
        Ok(Self {
            constraints: policy
                .pointer("/spec/matchConstraints")
                .cloned()
                .unwrap_or_default(),
            fails_closed: text(policy, "/spec/failurePolicy") != Some("Ignore"),
            wants_parameters: policy
                .pointer("/spec/paramKind")
                .is_some_and(|kind| !kind.is_null()),
            parameters: None,
            namespace: None,
            conditions: conditions.into_iter().map(|(_, e)| e).collect(),
            variables: named("/spec/variables")?,
            validations: list(policy, "/spec/validations")?
                .iter()
                .map(validation)
                .collect::<Result<_, Cause>>()?,
            environment,
        })
    }

    /// The same policy with the object that its binding names as parameters.
    #[must_use]
    pub fn with_parameters(self, parameters: Value) -> Self {
        Self {
            parameters: Some(parameters),
            ..self
        }
    }

    /// The same policy where requests are about things in this namespace, given as its object.
    #[must_use]
    pub fn with_namespace(self, namespace: Value) -> Self {
        Self {
            namespace: Some(namespace),
            ..self
        }
    }

    /// What it says of a request; none where the request is none of its business.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn judged(&self, request: &Value) -> Result<Option<Decision>, Cause> {
        scope::within_limits(request)?;
        if !self.applies(request)? {
            return Ok(None);
        }
        let mut names = self.names(request)?;
        let conditions = self
            .conditions
            .iter()
            .map(|c| self.outcome(c, &names, &BTreeMap::new()));
        match all(conditions) {
            Outcome::True => {}
            Outcome::False => return Ok(None),
            Outcome::Unknown(cause) => return Err(cause),
            Outcome::Error(error) if self.fails_closed => {
                return Ok(Some(Decision::from_reasons(vec![Reason::new(error)], Vec::new())));
            }
            Outcome::Error(_) => return Ok(None),
        }
        let failed = self.variables(&mut names);
        self.validated(&names, &failed).map(Some)
    }

    fn validated(
        &self,
        names: &BTreeMap<String, Cel>,
        failed: &BTreeMap<String, Failure>,
    ) -> Result<Decision, Cause> {
        let mut reasons = Vec::new();
        let mut unknown = None;
        for validation in &self.validations {
            match self.outcome(&validation.expression, names, failed) {
                Outcome::True => {}
                Outcome::False => reasons.push(Reason::new(self.message(validation, names))),
                Outcome::Error(error) if self.fails_closed => reasons.push(Reason::new(error)),
                Outcome::Error(_) => {}
                Outcome::Unknown(cause) => unknown = unknown.or(Some(cause)),
            }
        }
        match unknown {
            // One reason is enough, whatever the others would have said.
            Some(cause) if reasons.is_empty() => Err(cause),
            _ => Ok(Decision::from_reasons(reasons, Vec::new())),
        }
    }

    /// Evaluates the variables into `names`; gives those that could not be, whose error counts only where they are asked for.
    fn variables(&self, names: &mut BTreeMap<String, Cel>) -> BTreeMap<String, Failure> {
        let (mut known, mut failed) = (BTreeMap::new(), BTreeMap::new());
        for (name, expression) in &self.variables {
            names.insert("variables".to_owned(), as_map(&known));
            match self.value(expression, names, &failed) {
                Ok(value) => {
                    known.insert(name.clone(), value);
                }
                Err(failure) => {
                    failed.insert(name.clone(), failure);
                }
            }
        }
        names.insert("variables".to_owned(), as_map(&known));
        failed
    }

    /// A variable that failed is not there: only who asks for it fails with it, as where variables are evaluated late.
    fn value(
        &self,
        expression: &Expression,
        names: &BTreeMap<String, Cel>,
        failed: &BTreeMap<String, Failure>,
    ) -> Result<Cel, Failure> {
        if let Some((_, failure)) = failed.iter().find(|(name, _)| expression.asks_for(name)) {
            return Err(failure.clone());
        }
        self.environment.value(expression, names).map_err(|found| {
            let missed = failed
                .iter()
                .find(|(name, _)| found == Failure::Error(format!("No such key: {name}")));
            missed.map_or(found.clone(), |(_, failure)| failure.clone())
        })
    }

    fn outcome(
        &self,
        expression: &Expression,
        names: &BTreeMap<String, Cel>,
        failed: &BTreeMap<String, Failure>,
    ) -> Outcome {
        let found = self.value(expression, names, failed);
        let about = |what: &str| format!("expression '{}' {what}", expression.source());
        match found {
            Ok(Cel::Bool(true)) => Outcome::True,
            Ok(Cel::Bool(false)) => Outcome::False,
            Ok(other) => Outcome::Error(about(&format!("gives {}, not bool", other.type_of()))),
            Err(Failure::Error(error)) => Outcome::Error(about(&format!("fails: {error}"))),
            Err(Failure::Unknown(cause)) => Outcome::Unknown(cause),
        }
    }

    fn message(&self, validation: &Validation, names: &BTreeMap<String, Cel>) -> String {
        let computed = validation
            .message_expression
            .as_ref()
            .and_then(|e| self.environment.value(e, names).ok());
        if let Some(Cel::String(text)) = computed {
            let text = text.trim();
            if !text.is_empty() && !text.contains('\n') {
                return text.to_owned();
            }
        }
        let plain = || format!("failed expression: {}", validation.expression.source());
        validation.message.clone().unwrap_or_else(plain)
    }

    fn names(&self, request: &Value) -> Result<BTreeMap<String, Cel>, Cause> {
        let part = |name: &str| scope::value(request.get(name).unwrap_or(&Value::Null));
        let mut names = BTreeMap::from([
            ("object".to_owned(), part("object")),
            ("oldObject".to_owned(), part("oldObject")),
            ("request".to_owned(), scope::value(request)),
        ]);
        if self.wants_parameters {
            let given = self.parameters.as_ref();
            let given = given.ok_or_else(|| Cause::NotKnown("its parameters".to_owned()))?;
            scope::within_limits(given)?;
            names.insert("params".to_owned(), scope::value(given));
        }
        if let Some(namespace) = &self.namespace {
            scope::within_limits(namespace)?;
            names.insert("namespaceObject".to_owned(), scope::value(namespace));
        }
        Ok(names)
    }

    /// Whether the policy is about this request.
    fn applies(&self, request: &Value) -> Result<bool, Cause> {
        let selector = |way: &str| {
            let found = self.constraints.pointer(way);
            found.filter(|found| found.as_object().is_some_and(|s| !s.is_empty()))
        };
        if let Some(selector) = selector("/objectSelector") {
            let selected = |part: &str| match request.get(part) {
                None | Some(Value::Null) => Ok(false),
                Some(object) => selects(selector, object),
            };
            if !selected("object")? && !selected("oldObject")? {
                return Ok(false);
            }
        }
        if let Some(selector) = selector("/namespaceSelector")
            && !self.in_namespace(selector, request)?
        {
            return Ok(false);
        }
        let excluded = list(&self.constraints, "/excludeResourceRules")?;
        if excluded.iter().any(|rule| rule_names(rule, request, true)) {
            return Ok(false);
        }
        let rules = list(&self.constraints, "/resourceRules")?;
        if rules.iter().any(|rule| rule_names(rule, request, true)) {
            return Ok(true);
        }
        let exact = text(&self.constraints, "/matchPolicy") == Some("Exact");
        if !exact && rules.iter().any(|rule| rule_names(rule, request, false)) {
            let what = "whether another version of the resource stands for it";
            return Err(Cause::NotKnown(what.to_owned()));
        }
        Ok(false)
    }
}

impl ValidatingAdmissionPolicy {
    /// What is of no namespace is always selected; a namespace is selected by its own labels.
    fn in_namespace(&self, selector: &Value, request: &Value) -> Result<bool, Cause> {
        if text(request, "/kind/kind") == Some("Namespace") {
            return selects(selector, request.get("object").unwrap_or(&Value::Null));
        }
        if text(request, "/namespace").unwrap_or_default().is_empty() {
            return Ok(true);
        }
        let namespace = self.namespace.as_ref();
        let namespace = namespace.ok_or_else(|| Cause::NotKnown("the labels of the namespace".to_owned()))?;
        selects(selector, namespace)
    }
}

impl Decide for ValidatingAdmissionPolicy {
    /// `input` is an `AdmissionReview`, or its `request` alone.
    fn decide(&self, input: &Value) -> Decision {
        let request = input.get("request").unwrap_or(input);
        match self.judged(request) {
            Ok(decision) => decision.unwrap_or_else(allowed),
            Err(cause) => Decision::Unknown(cause),
        }
    }
}

fn allowed() -> Decision {
    Decision::Allow { warnings: Vec::new() }
}

/// One that is false decides, whatever the others are; then what is unknown, then errors.
fn all(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    outcomes.fold(Outcome::True, |sum, next| match (sum, next) {
        (Outcome::False, _) | (_, Outcome::False) => Outcome::False,
        (Outcome::Unknown(cause), _) | (_, Outcome::Unknown(cause)) => Outcome::Unknown(cause),
        (Outcome::Error(error), _) | (_, Outcome::Error(error)) => Outcome::Error(error),
        (Outcome::True, Outcome::True) => Outcome::True,
    })
}

fn as_map(values: &BTreeMap<String, Cel>) -> Cel {
    scope::map(values.iter().map(|(k, v)| (k.clone(), v.clone())))
}

/// Whether a rule names the resource of a request; its group and version only where `exactly`.
fn rule_names(rule: &Value, request: &Value, exactly: bool) -> bool {
    let one_of = |list: &str, wanted: &str| {
        let entries = rule.get(list).and_then(Value::as_array);
        entries.is_some_and(|all| all.iter().any(|e| e == "*" || e == wanted))
    };
    let of = |path| text(request, path).unwrap_or_default();
    let named = rule.get("resourceNames").and_then(Value::as_array);
    let named = named.is_none_or(|all| all.is_empty() || all.iter().any(|n| n == of("/name")));
    // A request about a namespace names it, and yet is about the cluster.
    let cluster = of("/namespace").is_empty() || of("/resource/resource") == "namespaces";
    let scoped = match text(rule, "/scope") {
        Some("Namespaced") => !cluster,
        Some("Cluster") => cluster,
        _ => true,
    };
    let resource = match of("/subResource") {
        "" => one_of("resources", of("/resource/resource")),
        sub => {
            let main = of("/resource/resource");
            let ways = [
                format!("{main}/{sub}"),
                format!("{main}/*"),
                format!("*/{sub}"),
                "*/*".to_owned(),
            ];
            ways.iter().any(|way| {
                let entries = rule.get("resources").and_then(Value::as_array);
                entries.is_some_and(|all| all.iter().any(|e| e == way.as_str()))
            })
        }
    };
    let version = !exactly
        || (one_of("apiGroups", of("/resource/group")) && one_of("apiVersions", of("/resource/version")));
    named && scoped && resource && version && one_of("operations", of("/operation"))
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path).and_then(Value::as_str)
}

fn required(value: &Value, path: &str) -> Result<String, Cause> {
    let found = text(value, path).map(str::to_owned);
    found.ok_or_else(|| Cause::Unreadable(format!("{} is missing", path.trim_start_matches('/'))))
}

fn list<'a>(value: &'a Value, path: &str) -> Result<&'a [Value], Cause> {
    match value.pointer(path) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) if items.len() <= MOST_EXPRESSIONS => Ok(items),
        Some(Value::Array(_)) => Err(Cause::Limit {
            what: "entries of a list of the policy",
            limit: MOST_EXPRESSIONS,
        }),
        Some(_) => Err(Cause::Unreadable(format!("{path} is no list"))),
    }
}
