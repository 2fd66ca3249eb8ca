//! Panics in processes of the runtime: told as an event and on stderr, without a lock that a fork
//! may have left locked.

use super::exit::tell_failure;
use super::probe;
use std::panic::PanicHookInfo;
use std::sync::Once;

static INSTALLED: Once = Once::new();

/// Installs the hook, once, before the first fork. Off a stage, in the first process, panics are
/// told as before.
pub(super) fn install_hook() {
    install(Some(std::process::id()));
}

/// Installs the hook in a process that was spawned: its panics are told as a forked child's.
pub(super) fn install_hook_in_child() {
    install(None);
}

fn install(first: Option<u32>) {
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if probe::is_on() || first != Some(std::process::id()) {
                tell(info);
            } else {
                before(info);
            }
        }));
    });
}

fn tell(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic");
    match info.location() {
        Some(at) => tell_failure("panic", &format!("{message} (line {})", at.line())),
        None => tell_failure("panic", message),
    }
}
