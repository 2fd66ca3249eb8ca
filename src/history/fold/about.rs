//! Which things an event is about.

use super::{History, Kind};

impl History {
    /// Notes an event, which is kept at a position, with the things that it names besides its
    /// actor.
    #[inline]
    pub(super) fn note_things(&mut self, kind: &Kind, position: u32) {
        match *kind {
            Kind::WaitListed { ref objects, .. } => {
                for &object in objects {
                    self.note_with_queue(object, position);
                }
            }
            Kind::MessagePut {
                object, message, ..
            }
            | Kind::MessageSent {
                object, message, ..
            }
            | Kind::MessageReceived {
                object, message, ..
            } => {
                self.note_message(message, position);
                self.note_with_queue(object, position);
            }
            Kind::Blocked {
                object: Some(object),
                ..
            } => self.note_with_queue(object, position),
            Kind::LockTaken { object }
            | Kind::LockReleased { object }
            | Kind::LockUsed { object, .. }
            | Kind::CountChanged { object, .. }
            | Kind::ValueRead { object, .. }
            | Kind::ValueWritten { object, .. }
            | Kind::EndOpened { object, .. }
            | Kind::EndClosed { object, .. }
            | Kind::BytesWritten { object, .. }
            | Kind::BytesRead { object, .. }
            | Kind::EofSeen { object }
            | Kind::ObjectCreated { object, .. } => self.note_object(object, position),
            Kind::TaskSubmitted { pool, task, .. } => {
                self.note_task(task, position);
                self.note_object(pool, position);
            }
            Kind::TaskStarted { task }
            | Kind::TaskFinished { task, .. }
            | Kind::TaskFetched { task } => {
                self.note_task(task, position);
                if let Some(pool) = self.task(task).map(|task| task.pool) {
                    self.note_object(pool, position);
                }
            }
            Kind::ProcessForked { child, .. }
            | Kind::ForkReturned { child, .. }
            | Kind::ForkFailed { child, .. }
            | Kind::ProcessReaped { child, .. }
            | Kind::ExitCodeRead { child, .. } => self.note_actor(child, position),
            Kind::SignalSent { to, .. } => self.note_actor(to, position),
            _ => {}
        }
    }
}
