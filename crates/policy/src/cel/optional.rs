//! `orValue` as the API server has it: of what is no optional value it is that value, where the engine would refuse.
//!
//! In: the environment. Out: the same, in which `a.orValue(b)` asks first what `a` is. The interpreter of Go gives the receiver back:
//! <https://github.com/google/cel-go>, `evalOptionalOrValue`.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue};
use cel::common::types::{CelBool, CelOptional, DYN_TYPE};
use cel::common::value::CowVal;
use cel::parser::{Macro, MacroExprHelper, ParseError};
use cel::{DeclarationError, Env, ExecutionError};

/// Neither can be written in an expression.
const RECEIVER: &str = "@receiver";
const IS_OPTIONAL: &str = "@isOptional";

pub(super) fn add_to(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_overload(IS_OPTIONAL, "@isOptional(dyn)", vec![DYN_TYPE], |given| {
        let of = given.first().ok_or(ExecutionError::MissingArgumentOrTarget)?;
        let optional = of.as_ref().downcast_ref::<CelOptional>().is_some();
        Ok(CowVal::Owned(Box::new(CelBool::from(optional))))
    })?;
    env.add_macro(Macro::receiver("orValue", 1, expand))
}

/// `a.orValue(b)` becomes: with `a` as the receiver, the receiver's own `orValue` where it is optional, else the receiver.
fn expand(
    helper: &mut MacroExprHelper<'_>,
    target: &mut Option<IdedExpr>,
    args: &mut Vec<IdedExpr>,
) -> Result<Option<IdedExpr>, ParseError> {
    let Some(of) = target.take() else { return Ok(None) };
    let other = std::mem::take(args);
    let receiver = |helper: &mut MacroExprHelper<'_>| helper.next_expr(Expr::Ident(RECEIVER.to_owned()));
    let call = |helper: &mut MacroExprHelper<'_>, name: &str, target, args| {
        helper.next_expr(Expr::Call(CallExpr {
            func_name: name.to_owned(),
            target,
            args,
        }))
    };
    let asked = vec![receiver(helper)];
    let is_optional = call(helper, IS_OPTIONAL, None, asked);
    let of_optional = Box::new(receiver(helper));
    let value = call(helper, "orValue", Some(of_optional), other);
    let plain = receiver(helper);
    let result = call(helper, "_?_:_", None, vec![is_optional, value, plain]);
    let bind = ComprehensionExpr {
        iter_range: helper.next_expr(Expr::List(ListExpr::new(Vec::new()))),
        iter_var: "#unused".to_owned(),
        iter_var2: None,
        accu_var: RECEIVER.to_owned(),
        accu_init: of,
        loop_cond: helper.next_expr(Expr::Literal(LiteralValue::Boolean(false.into()))),
        loop_step: receiver(helper),
        result,
    };
    Ok(Some(helper.next_expr(Expr::Comprehension(Box::new(bind)))))
}
