//! The setup wizard's server: serves the page embedded in this binary and runs the doctor, for this machine's user only.
//!
//! It listens on 127.0.0.1. The printed URL contains a token that is valid for one run; the first visit exchanges it for a
//! cookie. Requests without token or cookie are refused, and so are requests with a foreign Host header (DNS rebinding) or
//! from another origin.

mod auth;
mod body;
mod doctor;
mod page;
mod server;

pub use auth::Auth;
pub use page::is_built;
pub use server::serve;
