//! Two runs beside each other: how they are told apart, and how much longer one took.

use super::number::{duration, seconds};
use super::shown::shown;
use crate::event::Span;
use crate::history::Run;

/// Returns what the two runs are called: the program, with what was set otherwise in each.
pub fn run_labels(upper: &Run, lower: &Run) -> [String; 2] {
    if upper.program != lower.program {
        return [upper, lower].map(|run| shown(&run.program).into_owned());
    }
    let labels = [label(upper, lower), label(lower, upper)];
    if labels[0] == labels[1] {
        let again = format!("{} again", labels[1]);
        let [first, _] = labels;
        return [first, again];
    }
    labels
}

/// Returns the command line of a run, as far as it differs from the other's.
fn label(run: &Run, other: &Run) -> String {
    let mut words = vec![shown(&run.program).into_owned()];
    for (name, value) in &run.knobs {
        let others = other.knobs.iter().find(|(known, _)| known == name);
        if others.is_some_and(|(_, theirs)| theirs == value) {
            continue;
        }
        match &**value {
            "no" => {}
            "yes" => words.push(format!("--{}", shown(name))),
            value => words.push(format!("--{} {}", shown(name), shown(value))),
        }
    }
    if run.seed != other.seed {
        words.push(format!("--seed {}", run.seed));
    }
    if run.pace.total_cmp(&other.pace).is_ne() {
        words.push(format!("--pace {}", run.pace));
    }
    words.join(" ")
}

/// Returns when the lower run ended, beside the upper: `0.40 s sooner`. `None` for a difference
/// that the next two runs alike may have: a fiftieth.
pub fn ended_beside(upper: Span, lower: Span) -> Option<String> {
    let (less, more) = (upper.min(lower), upper.max(lower));
    let apart = Span(more.0 - less.0);
    if apart.0 <= more.0 / 50 {
        return None;
    }
    let word = if lower < upper { "sooner" } else { "later" };
    let apart = match apart < Span::millis(100) {
        true => duration(apart),
        false => seconds(apart),
    };
    Some(format!("{apart} {word}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Text;

    fn run(program: &str, knobs: &[(&str, &str)], seed: u64) -> Run {
        let text = |text: &str| Text::from(text);
        Run {
            program: text(program),
            knobs: knobs.iter().map(|(k, v)| (text(k), text(v))).collect(),
            seed,
            pace: 1.0,
            ..Run::default()
        }
    }

    #[track_caller]
    fn check(upper: &Run, lower: &Run, expected: [&str; 2]) {
        assert_eq!(run_labels(upper, lower), expected);
    }

    #[test]
    fn a_label_says_what_was_set_otherwise() {
        let fault = run("two-locks", &[("fixed", "no")], 42);
        let fix = run("two-locks", &[("fixed", "yes")], 42);
        check(&fault, &fix, ["two-locks", "two-locks --fixed"]);
        check(&fix, &fault, ["two-locks --fixed", "two-locks"]);
        let seed = run("two-locks", &[("fixed", "no")], 43);
        check(
            &fault,
            &seed,
            ["two-locks --seed 42", "two-locks --seed 43"],
        );
        check(&fault, &fault, ["two-locks", "two-locks again"]);
        let four = run("pool", &[("workers", "4"), ("tasks", "5")], 42);
        let eight = run("pool", &[("workers", "8"), ("tasks", "5")], 42);
        check(&four, &eight, ["pool --workers 4", "pool --workers 8"]);
        check(&four, &fix, ["pool", "two-locks"]);
        let python = run("two-locks", &[("fixed", "no"), ("python", "yes")], 42);
        check(&python, &fault, ["two-locks --python", "two-locks"]);
    }

    #[test]
    fn a_difference_is_told_where_one_sees_it() {
        let told = |upper, lower| ended_beside(Span::millis(upper), Span::millis(lower));
        assert_eq!(told(1_000, 1_018), None);
        assert_eq!(told(1_000, 600).as_deref(), Some("0.40 s sooner"));
        assert_eq!(told(1_000, 2_500).as_deref(), Some("1.50 s later"));
        assert_eq!(told(50, 60).as_deref(), Some("10 ms later"));
        assert_eq!(told(0, 0).as_deref(), None);
    }
}
