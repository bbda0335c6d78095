//! The edge at which a defect of the program becomes exit code 70 and a message, whatever thread it struck.
//!
//! In: the whole program as a function. Out: its exit code. A panic within a check does not get here: the engine
//! reports it as that check's failure and goes on.

use crate::error::Code;
use std::io::Write;
use std::panic::{PanicHookInfo, UnwindSafe};

/// Runs the program. Every panic outside of a check is a defect: it is reported on standard error, and the answer is
/// [`Code::Bug`].
pub(crate) fn guarded(program: impl FnOnce() -> u8 + UnwindSafe) -> u8 {
    std::panic::set_hook(Box::new(report));
    // The hook has said what happened by the time this returns.
    std::panic::catch_unwind(program).unwrap_or(Code::Bug as u8)
}

fn report(panic: &PanicHookInfo<'_>) {
    if bartizan_engine::panic_is_contained() {
        return;
    }
    let place = panic
        .location()
        .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let text = panic
        .payload()
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.payload().downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let _ = writeln!(
        std::io::stderr().lock(),
        "error: this is a defect of bartizan {}{place}: {text}\nhelp: please report it with this message and the command \
         line at {}/issues; leave out anything that is secret",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Set in the process that plays the program.
    const PLAYS: &str = "BARTIZAN_TEST_DEFECT";

    #[allow(
        clippy::disallowed_methods,
        reason = "the process that plays the program ends as the program does"
    )]
    fn end(code: u8) -> ! {
        std::process::exit(code.into())
    }

    fn defective() -> u8 {
        let workers: Vec<u8> = Vec::new();
        workers[usize::from(workers.is_empty())]
    }

    /// Runs the named test of this binary again, as the program.
    fn play(test: &str, part: &str) -> (Option<i32>, String) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(PLAYS, part)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    #[test]
    fn a_defect_in_any_thread_is_exit_code_70_and_says_where_it_is_and_where_to_report_it() {
        match std::env::var(PLAYS).as_deref() {
            Ok("main") => end(guarded(defective)),
            Ok("worker") => end(guarded(|| match std::thread::spawn(defective).join() {
                Ok(code) => code,
                Err(panic) => std::panic::resume_unwind(panic),
            })),
            Ok(_) => end(guarded(|| 3)),
            Err(_) => {}
        }
        let test =
            "edge::tests::a_defect_in_any_thread_is_exit_code_70_and_says_where_it_is_and_where_to_report_it";
        for part in ["main", "worker"] {
            let (code, said) = play(test, part);
            assert_eq!(code, Some(70), "{said}");
            assert!(said.starts_with("error: this is a defect of bartizan"), "{said}");
            assert!(
                said.contains("edge.rs:") && said.contains("index out of bounds"),
                "{said}"
            );
            assert!(said.contains("/issues"), "{said}");
            assert_eq!(said.matches("error:").count(), 1, "{said}");
        }
        assert_eq!(play(test, "nothing").0, Some(3));
    }
}
