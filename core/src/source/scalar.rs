//! YAML scalars as the real readers resolve them.
