//! `format` and `formatlist`.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/functions/format>.

use super::super::value::Val;
use super::LONGEST;
use super::number;

/// Most columns that a verb asks for.
const MOST_COLUMNS: usize = 1024;

/// The value of a call; none where there is no such function or it takes no such values.
pub(super) fn call(name: &str, args: &[Val]) -> Option<Val> {
    match (name, args) {
        ("format", [Val::Text(form), rest @ ..]) => formatted(form, rest),
        ("formatlist", [Val::Text(form), rest @ ..]) => of_lists(form, rest),
        _ => None,
    }
}

/// Lists are gone through together; what is no list stands for itself in each turn.
fn of_lists(form: &str, args: &[Val]) -> Option<Val> {
    let lengths = args.iter().filter_map(|arg| match arg {
        Val::List(items) => Some(items.len()),
        _ => None,
    });
    let lengths: Vec<usize> = lengths.collect();
    let turns = lengths.first().copied().unwrap_or(1);
    if lengths.iter().any(|length| *length != turns) {
        return None;
    }
    let one = |at: usize| {
        let args = args.iter().map(|arg| match arg {
            Val::List(items) => items.get(at).cloned(),
            other => Some(other.clone()),
        });
        formatted(form, &args.collect::<Option<Vec<_>>>()?)
    };
    Some(Val::List((0..turns).map(one).collect::<Option<_>>()?))
}

/// What a verb asks for.
#[derive(Default)]
struct Verb {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// The argument that it names, from 1.
    argument: Option<usize>,
    letter: char,
}

fn formatted(form: &str, args: &[Val]) -> Option<Val> {
    let mut out = String::new();
    let (mut next, mut highest, mut names) = (0, 0, false);
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let (verb, after) = Verb::read(after)?;
        rest = after;
        if verb.letter == '%' {
            out.push('%');
            continue;
        }
        names |= verb.argument.is_some();
        let at = verb.argument.map_or(next, |at| at - 1);
        next = at + 1;
        highest = highest.max(next);
        match verb.written(args.get(at)?)? {
            Ok(text) => out.push_str(&text),
            Err(doubt) => return Some(doubt),
        }
        if out.len() > LONGEST {
            return Some(Val::unknown("a text is too long to be followed"));
        }
    }
    out.push_str(rest);
    // An argument too many is refused, unless arguments are named by number.
    (names || highest == args.len()).then_some(Val::Text(out))
}

impl Verb {
    fn read(text: &str) -> Option<(Self, &str)> {
        let mut verb = Self::default();
        let mut rest = text;
        loop {
            match rest.chars().next()? {
                '-' => verb.left = true,
                '+' => verb.plus = true,
                ' ' => verb.space = true,
                '0' => verb.zero = true,
                '#' => verb.sharp = true,
                _ => break,
            }
            rest = rest.get(1..)?;
        }
        let digits = |rest: &mut &str| -> Option<usize> {
            let end = rest.len() - rest.trim_start_matches(|one: char| one.is_ascii_digit()).len();
            let (digits, after) = rest.split_at_checked(end)?;
            *rest = after;
            digits.parse().ok()
        };
        if rest.starts_with(|one: char| one.is_ascii_digit()) {
            verb.width = Some(digits(&mut rest).filter(|width| *width <= MOST_COLUMNS)?);
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            verb.precision = Some(digits(&mut rest).unwrap_or(0)).filter(|wanted| *wanted <= MOST_COLUMNS);
            verb.precision?;
        }
        if let Some(after) = rest.strip_prefix('[') {
            rest = after;
            verb.argument = Some(digits(&mut rest).filter(|at| *at > 0)?);
            rest = rest.strip_prefix(']')?;
        }
        verb.letter = rest.chars().next()?;
        let after = rest.get(verb.letter.len_utf8()..)?;
        Some((verb, after))
    }

    /// Outer none: Terraform refuses it; error: it is not known how it is written.
    fn written(&self, value: &Val) -> Option<Result<String, Val>> {
        let sign = |number: f64| match number {
            number if number < 0.0 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        Some(Ok(match self.letter {
            's' => self.padded(self.cut(value.written()?)?, ""),
            'q' => self.padded(serde_json::to_string(&self.cut(value.written()?)?).ok()?, ""),
            'v' if !self.sharp => match value {
                Val::Null => self.padded("null".to_owned(), ""),
                Val::List(_) | Val::Map(_) => self.padded(super::encoded_text(value), ""),
                _ => self.padded(value.written()?, ""),
            },
            'v' => self.padded(super::encoded_text(value), ""),
            't' => match value {
                Val::Bool(value) => self.padded(value.to_string(), ""),
                Val::Text(text) => self.padded(text.parse::<bool>().ok()?.to_string(), ""),
                _ => return None,
            },
            'd' | 'b' | 'o' | 'x' | 'X' => {
                let number = number(value)?.trunc();
                let whole: u64 = match number.abs() {
                    number if number < 9e15 => number.to_string().parse().ok()?,
                    _ => return Some(Err(Val::unknown("a number is too large to be written"))),
                };
                let digits = match self.letter {
                    'b' => format!("{whole:b}"),
                    'o' => format!("{whole:o}"),
                    'x' => format!("{whole:x}"),
                    'X' => format!("{whole:X}"),
                    _ => whole.to_string(),
                };
                self.padded(digits, sign(number))
            }
            'f' | 'F' => {
                let number = number(value)?;
                let digits = format!("{:.1$}", number.abs(), self.precision.unwrap_or(6));
                self.padded(digits, sign(number))
            }
            'e' | 'E' | 'g' | 'G' => {
                return Some(Err(Val::unknown("numbers with exponents are not written")));
            }
            _ => return None,
        }))
    }

    /// Of a text at most as many letters as the precision says.
    fn cut(&self, text: String) -> Option<String> {
        Some(match self.precision {
            Some(most) => text.chars().take(most).collect(),
            None => text,
        })
    }

    fn padded(&self, text: String, sign: &str) -> String {
        let length = text.chars().count() + sign.len();
        let missing = self.width.unwrap_or(0).saturating_sub(length);
        match (self.left, self.zero) {
            (true, _) => format!("{sign}{text}{}", " ".repeat(missing)),
            (false, true) => format!("{sign}{}{text}", "0".repeat(missing)),
            (false, false) => format!("{}{sign}{text}", " ".repeat(missing)),
        }
    }
}
