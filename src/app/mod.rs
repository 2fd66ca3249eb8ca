//! The one loop: terminal, input, batches, drawing.
