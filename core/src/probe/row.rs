//! A step's row: what it checks, for which use cases, what it waits for, and its functions.

use crate::sign::Timestamp;
use crate::variable::UseCase;

use super::case::Case;
use super::result::{Next, StepResult};
use super::step::Step;
use super::transport::Answer;

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which step.
    pub step: Step,
    /// What it checks: one phrase.
    pub checks: &'static str,
    /// The use cases that need it.
    pub use_cases: &'static [UseCase],
    /// Whether it applies to S3 only.
    pub only_s3: bool,
    /// Whether it writes, so that `--read-only` skips it.
    pub writes: bool,
    /// Whether it connects without this machine's proxy, so that it's skipped if requests go through one.
    pub bypasses_proxy: bool,
    /// The steps that must pass first.
    pub after: &'static [Step],
    /// The steps that must end first, with any outcome.
    pub waits: &'static [Step],
    /// Further conditions on a use case with an address.
    pub(super) applies: fn(&Case) -> bool,
    pub(super) work: Work,
}

/// What a step does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// Looks at what is known already.
    Evaluate(fn(&Case) -> StepResult),
    /// Makes requests, one after the other.
    Request {
        /// The first request, or the result if none is needed.
        begin: fn(&mut Case, Timestamp) -> Next,
        /// The next request, or the result.
        on_response: fn(&mut Case, Answer, Timestamp) -> Next,
    },
}

impl Row {
    /// A step of every use case that waits for nothing.
    pub(super) const fn new(step: Step, checks: &'static str, work: Work) -> Self {
        Self {
            step,
            checks,
            use_cases: &UseCase::ALL,
            only_s3: false,
            writes: false,
            bypasses_proxy: false,
            after: &[],
            waits: &[],
            applies: |_| true,
            work,
        }
    }

    /// Whether the step applies to `case`. Without an address, only the step that reports this does.
    pub(super) fn applies_to(&self, case: &Case) -> bool {
        self.use_cases.contains(&case.subject.use_case)
            && match case.accesses() {
                Some(_) => !(self.only_s3 && case.on_azure()) && (self.applies)(case),
                None => self.step == Step::Configuration,
            }
    }
}
