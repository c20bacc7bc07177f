//! Small tools on text: positions, secrets, spelling, numbers as JavaScript reads them.

pub mod mask;
pub mod number;
pub mod printable;
pub mod secret;
pub mod span;
pub mod suggest;
