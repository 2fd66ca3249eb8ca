//! What a run tells: exits with their codes, orphans, captured lines, failures to start.

use super::Case;

pub(crate) fn cases() -> Vec<Case> {
    Vec::new()
}
