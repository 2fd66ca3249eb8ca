//! Times, counts and sizes as people write them.

use crate::event::{Span, Time};

/// Returns a span as a sentence says it: `0.4 ms`, `1.188 s`, `2 min 5 s`.
pub fn duration(span: Span) -> String {
    let ns = span.0;
    match ns {
        0..100_000 => format!("{} µs", ns / 1_000),
        100_000..10_000_000 => format!("{:.1} ms", ns as f64 / 1e6),
        10_000_000..100_000_000 => format!("{} ms", ns / 1_000_000),
        100_000_000..100_000_000_000 => format!("{:.3} s", span.seconds()),
        _ => {
            let s = ns / 1_000_000_000;
            format!("{} min {} s", s / 60, s % 60)
        }
    }
}

/// Returns a span as the table's last column says it: `0.28 s`, always to hundredths.
pub fn seconds(span: Span) -> String {
    let hundredths = span.0 / 10_000_000;
    if hundredths < 10_000 {
        format!("{}.{:02} s", hundredths / 100, hundredths % 100)
    } else if hundredths < 360_000 {
        format!("{}:{:02} min", hundredths / 6_000, hundredths / 100 % 60)
    } else {
        format!("{}:{:02} h", hundredths / 360_000, hundredths / 6_000 % 60)
    }
}

/// Returns a moment as events are stamped with: seconds to thousandths, cut and not rounded, so
/// that a stamp is never later than its event.
pub fn moment(t: Time) -> String {
    let ms = t.0 / 1_000_000;
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// Returns a count with its noun: `1 item`, `2 items`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Returns a small number as a word, as a sentence begins with it: `three`.
pub fn number_word(n: u64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    usize::try_from(n)
        .ok()
        .and_then(|n| WORDS.get(n))
        .map_or_else(|| n.to_string(), |&word| word.to_owned())
}

/// Returns a size: `96 B`, `4 KiB`, `1.5 MiB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let number = if unit == 0 || value >= 10.0 || value.fract() < 0.05 {
        format!("{}", value.floor())
    } else {
        format!("{value:.1}")
    };
    format!("{number} {}", UNITS[unit])
}

/// Returns a factor as a person says it: `4`, `1.5`, `1/8`.
pub fn factor(factor: f64) -> String {
    let parts = 1.0 / factor;
    if factor < 1.0 && parts.is_finite() && parts.fract() == 0.0 {
        format!("1/{parts}")
    } else {
        factor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_precision_that_a_reader_wants() {
        let cases = [
            (0, "0 µs"),
            (999, "0 µs"),
            (45_300, "45 µs"),
            (400_000, "0.4 ms"),
            (1_100_000, "1.1 ms"),
            (14_700_000, "14 ms"),
            (304_000_000, "0.304 s"),
            (1_188_000_000, "1.188 s"),
            (125_000_000_000, "2 min 5 s"),
        ];
        for (ns, text) in cases {
            assert_eq!(duration(Span(ns)), text, "{ns} ns");
        }
    }

    #[test]
    fn seconds_keep_their_width_until_they_are_minutes() {
        let cases = [
            (0, "0.00 s"),
            (283_999_999, "0.28 s"),
            (99_990_000_000, "99.99 s"),
            (100_000_000_000, "1:40 min"),
            (3_600_000_000_000, "1:00 h"),
        ];
        for (ns, text) in cases {
            assert_eq!(seconds(Span(ns)), text, "{ns} ns");
        }
    }

    #[test]
    fn a_stamp_is_never_later_than_its_event() {
        assert_eq!(moment(Time(1_199_999_999)), "1.199");
        assert_eq!(moment(Time::ZERO), "0.000");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(count(0, "item", "items"), "0 items");
        assert_eq!(count(1, "item", "items"), "1 item");
        assert_eq!(count(2, "item", "items"), "2 items");
        assert_eq!(number_word(5), "five");
        assert_eq!(number_word(13), "13");
    }

    #[test]
    fn sizes_have_units() {
        let cases = [
            (0, "0 B"),
            (96, "96 B"),
            (1023, "1023 B"),
            (4096, "4 KiB"),
            (65_536, "64 KiB"),
            (1_600_000, "1.5 MiB"),
            (u64::MAX, "16777216 TiB"),
        ];
        for (n, text) in cases {
            assert_eq!(bytes(n), text, "{n}");
        }
    }
}
