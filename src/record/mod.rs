//! Renderers: a history as text, a trace as a picture.
