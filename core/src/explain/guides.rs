//! How-to guides: the steps in order, and what you lose if you skip one.
//!
//! In their texts, a line indented by exactly five spaces is a command, and one indented further is a file's content.
//! tests/guides.test.mjs runs the commands as printed.

/// A guide that `explain` prints.
pub struct Guide {
    /// Its topic name in `explain`.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// The full text.
    pub text: &'static str,
}

/// Every guide.
pub static GUIDES: &[Guide] = &[
    Guide {
        name: "rotate",
        title: "Rotate access keys without an outage: the steps in order, restarts included",
        text: include_str!("guides/rotate.txt"),
    },
    Guide {
        name: "migrate",
        title: "Move to another store without downtime: the steps in order, and what you lose if you skip one",
        text: include_str!("guides/migrate.txt"),
    },
    Guide {
        name: "backup",
        title: "Back up the bucket, restore it, and what that doesn't cover",
        text: include_str!("guides/backup.txt"),
    },
    Guide {
        name: "replay",
        title: "Make Langfuse read events again from the bucket, after an outage, a move or a restore",
        text: include_str!("guides/replay.txt"),
    },
    Guide {
        name: "proxy",
        title: "Put the store behind Caddy or nginx, so that browsers and SDKs elsewhere reach it",
        text: include_str!("guides/proxy.txt"),
    },
    Guide {
        name: "outside",
        title: "What to set up outside the configuration: permissions, CORS, lifecycle rules, certificates",
        text: include_str!("guides/outside.txt"),
    },
    Guide {
        name: "upgrade-chart",
        title: "Upgrade the Helm chart from 1.x to 2: what changes for storage, and how its data moves",
        text: include_str!("guides/upgrade-chart.txt"),
    },
];
