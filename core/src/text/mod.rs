//! Small tools on text: positions, secrets, spelling, base64, numbers as JavaScript reads them.

pub mod base64;
pub mod number;
pub mod printable;
pub mod secret;
pub mod span;
pub mod suggest;
