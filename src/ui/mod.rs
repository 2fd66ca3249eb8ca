//! What the viewer does: actions, keymap, state.
