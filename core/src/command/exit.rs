//! How the command ends.

/// An exit code with its meaning. docs/exit-codes.md is generated from this list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// 0
    Clean,
    /// 1
    Problems,
    /// 2
    Usage,
    /// 3
    Untested,
    /// 130
    Interrupted,
}

impl Exit {
    /// Every exit code.
    pub const ALL: [Self; 5] = [Self::Clean, Self::Problems, Self::Usage, Self::Untested, Self::Interrupted];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Problems => 1,
            Self::Usage => 2,
            Self::Untested => 3,
            Self::Interrupted => 130,
        }
    }

    /// Its meaning.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Clean => {
                "No errors (with --strict: no warnings either); the operation succeeded. Also used when `store` or `wizard` is stopped with Ctrl-C."
            }
            Self::Problems => {
                "Errors were found, an operation failed, or a file is one that Docker Compose, Helm or another reader would refuse."
            }
            Self::Usage => {
                "Wrong usage, a file that can't be opened or decoded, whose format isn't read, or that holds nothing for Langfuse; or an engine that the verb doesn't support."
            }
            Self::Untested => {
                "No errors, but `doctor` couldn't test a use case that is in use: its store wasn't reached, or can't be tested from here. With --allow-untested: 0."
            }
            Self::Interrupted => "Interrupted by Ctrl-C or SIGTERM before the work was done.",
        }
    }
}
