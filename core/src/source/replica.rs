//! Services and pods that run the same container.

use super::environment::Environment;
use crate::text::span::Span;
use crate::variable::{self, Containers, Var};

/// Another service or pod that runs web or worker, with settings that differ from the one that is checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replica {
    /// Its name in the file.
    pub name: String,
    /// What it runs.
    pub containers: Containers,
    /// Where it is named.
    pub span: Option<Span>,
    /// The variables that differ.
    pub differing: Vec<String>,
}

/// Whether a variable decides where and how objects are stored: workers may well differ in their concurrency.
fn decides(var: Var) -> bool {
    var.row().role.is_some() || variable::SWITCHES.iter().any(|(_, switch)| *switch == var)
}

impl Replica {
    /// How `name` differs from the `judged` one; `None` if both receive the same.
    pub(super) fn of(
        judged: &Environment,
        own: &Environment,
        name: String,
        containers: Containers,
        span: Option<Span>,
    ) -> Option<Self> {
        let set = |e: &Environment, var: Var| e.set_value(var).map(|s| s.value.clone());
        let differs = |var: &Var| set(judged, *var) != set(own, *var);
        let differing: Vec<String> =
            variable::all().filter(|v| decides(*v)).filter(differs).map(|v| v.name().to_owned()).collect();
        (!differing.is_empty()).then_some(Self { name, containers, span, differing })
    }
}
