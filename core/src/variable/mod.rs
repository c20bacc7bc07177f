//! The table of variables: every environment variable for Langfuse's storage, one row each.
//!
//! To add a variable, add a row to one of the files in this directory; documentation, JSON Schema, suggestions,
//! `explain`, `show` and the startup check are derived from it. Sources: Langfuse v4.16.0,
//! `packages/shared/src/env.ts` (web and worker), `worker/src/env.ts`, `web/src/env.mjs`, `docker-compose.yml`;
//! the Langfuse chart 2.0.0.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the tables and their index are built at compile time, where errors don't compile; lookups wrap the index"
)]

mod connection;
mod context;
mod engine;
pub mod invented;
mod retired;
mod row;
mod switch;
mod tuning;

pub use connection::slot;
pub use retired::{Gone, Kept, RETIRED, Retired, retired};
pub use row::{Chart, Compose, Containers, Kind, Presence, Range, Role, UseCase, Variable, Version, has_length};
pub use switch::{Engine, SWITCHES};

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::text::suggest::nearest;

/// A row of [`VARIABLES`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Var(u8);

impl Var {
    /// The row.
    #[must_use]
    pub fn row(self) -> &'static Variable {
        VARIABLES.get(self.index()).unwrap_or(&connection::ROWS[0])
    }

    /// Its full name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether it configures storage: a setting of Langfuse's storage, or a variable of the AWS SDK inside it.
    #[must_use]
    pub fn is_storage(self) -> bool {
        !self.row().context || self.name().starts_with("AWS_")
    }

    /// Its index in the table, for arrays with one element per variable.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// How many rows there are.
pub const COUNT: usize = connection::ROWS.len() + engine::ROWS.len() + tuning::ROWS.len() + context::ROWS.len();

/// Every row: connection blocks, engines, tuning, and last those read only as context (AWS chain, `NEXTAUTH_URL`).
pub static VARIABLES: [Variable; COUNT] = {
    let mut all = [connection::ROWS[0]; COUNT];
    let mut at = 0;
    let groups: [&[Variable]; 4] = [&connection::ROWS, &engine::ROWS, &tuning::ROWS, &context::ROWS];
    let mut group = 0;
    while group < groups.len() {
        let mut row = 0;
        while row < groups[group].len() {
            all[at] = groups[group][row];
            at += 1;
            row += 1;
        }
        group += 1;
    }
    all
};

/// The variable of that name, resolved at compile time.
///
/// # Panics
/// If there is no such row. Meant for constants, where that's a compile error.
#[must_use]
#[allow(clippy::panic, reason = "it is a compile error in constants")]
pub const fn var(name: &str) -> Var {
    match find_in_const(name) {
        Some(v) => v,
        None => panic!("no such variable in the table"),
    }
}

/// The variable of that name.
#[must_use]
pub fn find(name: &str) -> Option<Var> {
    let mut cell = hash(name.as_bytes()) % CELLS;
    loop {
        let entry = INDEX[cell];
        if entry == EMPTY {
            return None;
        }
        if equal(NAMES[usize::from(entry)].as_bytes(), name.as_bytes()) {
            return Some(Var(entry));
        }
        cell = (cell + 1) % CELLS;
    }
}

/// Compares names eight bytes at a time: WebAssembly has no memcmp instruction, and the compiler's version goes byte by
/// byte.
fn equal(a: &[u8], b: &[u8]) -> bool {
    const WIDE: usize = 8;
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    if a.len() != b.len() || a.len() < WIDE {
        return a == b;
    }
    let pairs = a.chunks_exact(WIDE).zip(b.chunks_exact(WIDE));
    // The last eight bytes may overlap with the previous ones.
    let last = a.len() - WIDE;
    pairs.fold(0, |odd, (a, b)| odd | (word(a) ^ word(b))) == 0 && word(&a[last..]) == word(&b[last..])
}

/// The names only, for cache locality.
static NAMES: [&str; COUNT] = {
    let mut names = [""; COUNT];
    let mut row = 0;
    while row < COUNT {
        names[row] = VARIABLES[row].name;
        row += 1;
    }
    names
};

/// As [`find`], for constants.
const fn find_in_const(name: &str) -> Option<Var> {
    let mut row = 0;
    while row < COUNT {
        if same(VARIABLES[row].name.as_bytes(), name.as_bytes()) {
            #[allow(clippy::cast_possible_truncation, reason = "COUNT is asserted to fit below")]
            return Some(Var(row as u8));
        }
        row += 1;
    }
    None
}

/// Every variable, in the table's order.
pub fn all() -> impl Iterator<Item = Var> {
    (0..=u8::MAX).take(COUNT).map(Var)
}

/// The storage variables: all except those read only as context.
pub fn storage() -> impl Iterator<Item = Var> {
    all().filter(|v| !v.row().context)
}

/// What the names of Langfuse's storage begin with.
const PREFIXES: [&str; 10] = [
    "LANGFUSE_S3_",
    "LANGFUSE_AZURE_",
    "LANGFUSE_OCI_",
    "LANGFUSE_USE_",
    "LANGFUSE_GCS",
    "LANGFUSE_GOOGLE_CLOUD_",
    "BATCH_EXPORT_",
    "S3_EVENT_UPLOAD_",
    "S3_MEDIA_UPLOAD_",
    "S3_BATCH_EXPORT_",
];

/// A byte of a name as comparisons have it: case, dashes and dots don't count.
#[must_use]
pub fn fold(b: u8) -> u8 {
    if matches!(b, b'-' | b'.') { b'_' } else { b.to_ascii_uppercase() }
}

/// Whether `name` begins with `prefix`, both folded.
#[must_use]
pub fn begins_with(name: &str, prefix: &str) -> bool {
    name.as_bytes().get(..prefix.len()).is_some_and(|head| head.iter().copied().map(fold).eq(prefix.bytes()))
}

/// Whether a name begins as those of Langfuse's storage do.
#[must_use]
pub fn has_storage_prefix(name: &str) -> bool {
    PREFIXES.into_iter().any(|prefix| begins_with(name, prefix))
}

/// Whether a name belongs to Langfuse's storage, whether or not the table has it.
#[must_use]
pub fn is_storage_name(name: &str) -> bool {
    has_storage_prefix(name) || retired(name).is_some() || find(name).is_some_and(|var| !var.row().context)
}

const CELLS: usize = 512;
const EMPTY: u8 = u8::MAX;

/// Open addressing, built at compile time: a lookup costs one hash and, nearly always, one
/// comparison.
static INDEX: [u8; CELLS] = {
    assert!(COUNT < EMPTY as usize, "a row's index must fit a byte");
    let mut index = [EMPTY; CELLS];
    let mut row = 0;
    while row < COUNT {
        let mut cell = hash(VARIABLES[row].name.as_bytes()) % CELLS;
        while index[cell] != EMPTY {
            cell = (cell + 1) % CELLS;
        }
        #[allow(clippy::cast_possible_truncation, reason = "COUNT is asserted to fit above")]
        {
            index[cell] = row as u8;
        }
        row += 1;
    }
    index
};

/// Of the length, the last eight bytes and eight a third in: the ends tell the settings apart, and the use cases are named
/// after the shared prefix.
const fn hash(name: &[u8]) -> usize {
    let (_, from_third) = name.split_at(name.len() / 3);
    let (middle, last) = match (from_third.first_chunk(), name.last_chunk()) {
        (Some(middle), Some(last)) => (u64::from_le_bytes(*middle), u64::from_le_bytes(*last)),
        _ => (short(name), 0),
    };
    // Multiplying by 2^64 divided by the golden ratio spreads what differs over the upper bits.
    let spread = (middle.rotate_left(23) ^ last ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (spread >> 48) as usize
}

/// The bytes of a name that is too short for two times eight.
const fn short(name: &[u8]) -> u64 {
    let mut all = 0_u64;
    let mut at = 0;
    while at < name.len() {
        all = all.rotate_left(7) ^ name[at] as u64;
        at += 1;
    }
    all
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = a.len();
    while at > 0 {
        if a[at - 1] != b[at - 1] {
            return false;
        }
        at -= 1;
    }
    true
}

/// Whether an unknown variable's name suggests that it holds a secret: redaction uses this for names not in the table.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    const WORDS: [&str; 8] = ["SECRET", "KEY", "TOKEN", "CREDENTIAL", "PASS", "SALT", "SIGNATURE", "CONNECTION_STRING"];
    const ENDINGS: [&str; 6] = ["_PWD", "_PW", "_AUTH", "_SAS", "_SCRT", "_KY"];
    /// The words that a typo may stand for.
    const MEANT: [&str; 4] = ["SECRET", "TOKEN", "PASSWORD", "CREDENTIALS"];
    /// Longer words can't be typos of these.
    const LONGEST: usize = 14;
    let upper = name.to_ascii_uppercase();
    let typo = |word: &str| (4..=LONGEST).contains(&word.len()) && nearest(word, MEANT).is_some();
    WORDS.iter().any(|w| upper.contains(w))
        || ENDINGS.iter().any(|e| upper.ends_with(e))
        || upper.split(['_', '-', '.']).any(typo)
}

/// Whether an unknown variable's name suggests that it holds a key ID.
#[must_use]
pub fn names_a_key_id(name: &str) -> bool {
    let lower = name.to_ascii_lowercase().replace(['_', '-'], "");
    lower.ends_with("keyid") || lower.ends_with("rootuser")
}

/// Whether an unknown variable may hold a secret. Any misspelled name may, unless its last word is, typos aside, that
/// of a variable that holds none.
#[must_use]
pub fn may_hold_a_secret(name: &str) -> bool {
    /// Shorter words could be typos of too many others.
    const SHORTEST: usize = 4;
    /// The distinct last words of names that hold no secret, computed once: every unknown name is compared with them.
    static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
        let public = all().map(Var::row).filter(|r| !r.secret && r.kind != Kind::KeyId).map(|r| r.name);
        let retired = RETIRED.iter().map(|r| r.name).filter(|n| !names_a_secret(n));
        crate::order::filled(public.chain(retired).map(last_word))
    });
    fn last_word(name: &str) -> &str {
        name.rsplit(['_', '-', '.']).next().unwrap_or(name)
    }
    let word = last_word(name);
    names_a_secret(name)
        || if word.len() < SHORTEST {
            !KNOWN.iter().any(|k| k.eq_ignore_ascii_case(word))
        } else {
            nearest(word, KNOWN.iter().copied()).is_none()
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_unique() {
        let mut names = BTreeSet::new();
        for v in all() {
            assert_eq!(find(v.name()), Some(v));
            assert!(names.insert(v.name()), "{} occurs twice", v.name());
        }
        assert_eq!(find("LANGFUSE_S3_EVENT_UPLOAD_BUCKETS"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn nearly_every_name_is_found_with_one_comparison() {
        let comparisons = |v: Var| {
            let first = hash(v.name().as_bytes()) % CELLS;
            (first..first + CELLS).take_while(|cell| INDEX[cell % CELLS] != v.0).count() + 1
        };
        let sum: usize = all().map(comparisons).sum();
        assert!(sum * 4 <= COUNT * 5, "{sum} comparisons for {COUNT} names");
    }

    #[test]
    fn every_storage_name_is_one() {
        for name in storage().map(Var::name).chain(RETIRED.iter().map(|r| r.name)) {
            assert!(is_storage_name(name), "{name}");
        }
        for name in ["LANGFUSE_GOOGLE_CLOUD_STORAGE_BUCKET", "langfuse-s3.event", "S3_MEDIA_UPLOAD_BUCKETT"] {
            assert!(is_storage_name(name), "{name}");
        }
        for name in ["LANGFUSE_S", "LANGFUSE_HOST", "S3_BUCKET", "NEXTAUTH_URL", ""] {
            assert!(!is_storage_name(name), "{name}");
        }
    }

    #[test]
    fn the_storage_variables_are_84() {
        // The reference counts 82 and lists NODE_EXTRA_CA_CERTS, which Langfuse declares for Node, separately. The write
        // mode isn't about the store, but decides what its events are for.
        assert_eq!(storage().count(), 84);
    }

    #[test]
    fn a_default_passes_its_own_check() {
        for v in all() {
            let row = v.row();
            for value in row.default.into_iter().chain(row.compose.iter().flat_map(|c| [c.web, c.worker])) {
                assert!(row.kind.accepts(value), "{}={value}", row.name);
            }
        }
    }

    #[test]
    fn a_retired_name_is_not_live_and_its_replacement_is() {
        for r in RETIRED {
            assert!(find(r.name).is_none_or(|v| v.row().unused), "{} is live", r.name);
            if let Some(replacement) = r.instead {
                assert!(find(replacement).is_some(), "{replacement} is not in the table");
            }
        }
    }

    #[test]
    fn every_row_is_documented() {
        for v in all() {
            let doc = v.row().doc;
            assert!(doc.len() > 20 && doc.ends_with('.'), "{}: {doc:?}", v.name());
        }
    }
}
