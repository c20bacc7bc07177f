//! How the command ends.

/// An exit code with its meaning. docs/exit-codes.md is made from this list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// 0
    Clean,
    /// 1
    Problems,
    /// 2
    Usage,
    /// 130
    Interrupted,
}

impl Exit {
    /// Every way to end.
    pub const ALL: [Self; 4] = [Self::Clean, Self::Problems, Self::Usage, Self::Interrupted];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Problems => 1,
            Self::Usage => 2,
            Self::Interrupted => 130,
        }
    }

    /// What it says.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Clean => {
                "No error (with --strict: no warning either); the operation was carried out. `store` and `wizard` also end so on Ctrl-C."
            }
            Self::Problems => {
                "Errors were found, an operation failed, or a text is one that its own reader would refuse."
            }
            Self::Usage => {
                "Wrong usage, a file that cannot be opened or decoded, or an engine that the verb does not support."
            }
            Self::Interrupted => "Interrupted with Ctrl-C or SIGTERM while work was under way.",
        }
    }
}
