pub(crate) fn beside() {}
