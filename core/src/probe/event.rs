//! What the wizard's page receives while the doctor runs: JSON Lines.

use serde::Serialize;

use crate::variable::UseCase;

use super::FinishedStep;
use super::report::ProbeReport;
use super::result::Outcome;
use super::step::Step;
use super::table::row;

/// A line of the doctor's stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorEvent"))]
#[serde(tag = "what", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A step has ended.
    Step {
        /// Which use case.
        use_case: UseCase,
        /// Which step.
        step: Step,
        /// What it checks.
        #[cfg_attr(test, ts(type = "string"))]
        asks: &'static str,
        /// How it ended.
        outcome: Outcome,
        /// How many steps have ended.
        over: usize,
        /// How many steps there are.
        all: usize,
    },
    /// A note before the first step.
    Note {
        /// One sentence.
        message: String,
    },
    /// The report, which ends the stream.
    Report {
        /// As data.
        report: Box<ProbeReport>,
        /// As `langfuse-blob doctor` prints it.
        text: String,
    },
    /// Why there is no report; it ends the stream.
    Fault {
        /// One sentence.
        message: String,
    },
}

impl Event {
    /// A step of a probe that has this [progress](super::Probe::progress).
    #[must_use]
    pub fn step(finished: &FinishedStep, (over, all): (usize, usize)) -> Self {
        let FinishedStep { use_case, step, outcome } = *finished;
        Self::Step { use_case, step, asks: row(step).checks, outcome, over, all }
    }

    /// As one line of JSON, with its newline.
    #[must_use]
    pub fn line(&self) -> String {
        // Strings and numbers only: serialization can't fail. By way of a value, which sorts the keys.
        let mut line = serde_json::to_value(self).unwrap_or_default().to_string();
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_one_line() {
        let finished = FinishedStep { use_case: UseCase::CoreData, step: Step::DeleteRight, outcome: Outcome::Skipped };
        let line = Event::step(&finished, (3, 14)).line();
        let checks = row(Step::DeleteRight).checks;
        let expected = format!(
            "{{\"all\":14,\"asks\":\"{checks}\",\"outcome\":\"skipped\",\"over\":3,\"step\":\"delete-right\",\
             \"useCase\":\"core-data\",\"what\":\"step\"}}\n"
        );
        assert_eq!(line, expected);
        let note = Event::Note { message: "a \"note\"\n".into() }.line();
        assert_eq!(note, "{\"message\":\"a \\\"note\\\"\\n\",\"what\":\"note\"}\n");
    }
}
