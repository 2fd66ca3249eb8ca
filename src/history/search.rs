//! Searches through numbers that do not fall, such as times and positions.
//!
//! A search through memory that was not touched for long is dear at every step, so it begins where
//! the answer is likely: where it would be if all numbers were equally far apart, or where the
//! answer before was. From there it goes in steps that double, so a bad guess costs no more than
//! twice a plain search.

/// Numbers that can be compared, and guessed between.
pub(super) trait Number: Copy + Ord {
    /// Returns about how much more it is than `other`.
    fn beyond(self, other: Self) -> f64;
}

impl Number for u32 {
    fn beyond(self, other: u32) -> f64 {
        f64::from(self) - f64::from(other)
    }
}

impl Number for crate::event::Time {
    fn beyond(self, other: crate::event::Time) -> f64 {
        self.since(other).0 as f64
    }
}

/// Returns how many of numbers that do not fall are up to and including `most`.
#[inline]
pub(super) fn place<T: Number>(numbers: &[T], most: T) -> usize {
    let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else {
        return 0;
    };
    if last <= most {
        return numbers.len();
    }
    if most < first {
        return 0;
    }
    let end = numbers.len() - 1;
    let share = most.beyond(first) / last.beyond(first);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a guess, from 0 to the end"
    )]
    let guess = ((share * end as f64) as usize).min(end);
    if numbers[guess] <= most {
        guess + onward(&numbers[guess..], most)
    } else {
        back(&numbers[..guess], most)
    }
}

/// Returns the same, looking from the front on.
#[inline]
pub(super) fn onward<T: Number>(numbers: &[T], most: T) -> usize {
    let mut step = 1;
    while numbers.get(step - 1).is_some_and(|&number| number <= most) {
        step *= 2;
    }
    let (low, high) = (step / 2, step.min(numbers.len()));
    low + numbers[low..high].partition_point(|&number| number <= most)
}

/// Returns the same, looking from the end back.
#[inline]
pub(super) fn back<T: Number>(numbers: &[T], most: T) -> usize {
    let mut step = 1;
    while step <= numbers.len() && numbers[numbers.len() - step] > most {
        step *= 2;
    }
    let (low, high) = (numbers.len().saturating_sub(step), numbers.len() - step / 2);
    low + numbers[low..high].partition_point(|&number| number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_what_a_plain_one_does() {
        let mut numbers = Vec::new();
        for n in 0..500u32 {
            numbers.push(
                numbers
                    .last()
                    .map_or(7, |last| last + n * n % 13 * (n % 90 / 80 * 900)),
            );
            for most in 0..numbers.len() {
                let most = numbers[most];
                for most in [most - 1, most, most + 1] {
                    let plain = numbers.partition_point(|&number| number <= most);
                    assert_eq!(place(&numbers, most), plain);
                }
            }
        }
        assert_eq!(place(&[0, u32::MAX], u32::MAX - 1), 1);
        assert_eq!(place(&[] as &[u32], 3), 0);
    }
}
