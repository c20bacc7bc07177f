//! The generated pages of docs/ are what the tables say.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use langfuse_blob::exit::Exit;
use langfuse_blob_core::explain::documents;

fn exit_codes() -> String {
    let mut out = String::from(
        "<!-- Generated from src/exit.rs. To renew: npm run docs -->\n\n# Exit codes\n\n| Code | Meaning |\n| --- | --- |\n",
    );
    for exit in Exit::ALL {
        let _ = writeln!(out, "| {} | {} |", exit.code(), exit.meaning());
    }
    out
}

#[test]
fn generated_documents_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let pages = [
        ("variables.md", documents::variables()),
        ("rules.md", documents::rules()),
        ("providers.md", documents::providers()),
        ("generate.md", documents::generate()),
        ("doctor.md", documents::doctor()),
        ("exit-codes.md", exit_codes()),
    ];
    let mut stale = Vec::new();
    for (name, text) in pages {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; renew them with `npm run docs`");
}
