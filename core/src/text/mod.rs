//! Small tools on text: positions, secrets, spelling, numbers as JavaScript reads them.

pub mod exposed;
pub mod mask;
pub mod masker;
pub mod number;
pub mod order;
pub mod printable;
pub mod secret;
pub mod span;
pub mod suggest;
pub mod timestamp;
mod written;
