//! Every order of steps that a few threads can take, tried by `loom`:
//!
//!     RUSTFLAGS="--cfg loom" cargo test --release --test loom --target-dir target/loom
//!
//! Without that flag there is nothing here.
#![cfg(loom)]

mod count;
