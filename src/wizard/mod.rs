//! The setup wizard's server: the page out of this binary, and the doctor behind it, for this machine's user alone.
//!
//! It listens on 127.0.0.1. A token that exists for one run stands in the address that is printed; the first visit changes it
//! for a cookie. Whoever does not bring the one or the other is refused, and so is a request under a foreign name (a host
//! that was made to lead here) or from another page.

mod body;
mod doctor;
mod gate;
mod page;
mod server;

pub use gate::Gate;
pub use page::is_built;
pub use server::serve;
