//! A thousand processes, started and joined one after the other and many at a time.

use crate::kept::Kept;
use mpviz::runtime::{Process, Result};

const AT_A_TIME: u64 = 50;

pub(crate) fn many_in_turn(share: u64) {
    let count = 1_000 / share;
    round(AT_A_TIME);
    let before = Kept::now();
    round(count.max(AT_A_TIME));
    before.has_not_grown("processes that are joined");
}

fn round(count: u64) {
    let all = || -> Result<()> {
        for begin in (0..count).step_by(usize::try_from(AT_A_TIME).unwrap_or(1)) {
            let mut started = Vec::new();
            for n in begin..(begin + AT_A_TIME).min(count) {
                let code = i32::try_from(n % 200).unwrap_or(0);
                started.push((code, Process::new().start(move || ended(code))?));
            }
            for (code, process) in started {
                process.join()?;
                assert_eq!(process.exitcode()?, Some(code));
            }
        }
        Ok(())
    };
    all().expect("it works");
}

fn ended(code: i32) {
    mpviz::runtime::exit(code);
}
