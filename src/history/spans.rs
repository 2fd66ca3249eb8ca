//! Spans that overlap: what was open at `t`, such as the messages in a pipe.
