//! `ls --summary`: how much there is below each prefix.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use langfuse_blob_core::text::printable::escaped;
use serde_json::json;

use crate::client::Listed;
use crate::upload::batch::size;

/// How many prefixes are listed; the rest is counted together.
const MAX_PREFIXES: usize = 10_000;

/// Number and bytes of objects by prefix.
pub struct PrefixTotals {
    prefix: String,
    by_name: BTreeMap<String, (u64, u64)>,
    all: (u64, u64),
}

impl PrefixTotals {
    /// Nothing counted yet.
    pub fn new(prefix: &str) -> Self {
        // The prefix may end inside a name; counts start at its last `/`.
        let whole = prefix.rfind('/').map_or(0, |at| at.saturating_add(1));
        Self { prefix: prefix.get(..whole).unwrap_or("").to_owned(), by_name: BTreeMap::new(), all: (0, 0) }
    }

    /// Counts an object.
    pub fn add(&mut self, object: &Listed) {
        let below = object.key.strip_prefix(&self.prefix).unwrap_or(&object.key);
        let directory = below.split_once('/').map_or("", |(directory, _)| directory);
        let mut name = if directory.is_empty() { self.prefix.clone() } else { format!("{}{directory}/", self.prefix) };
        if !self.by_name.contains_key(&name) && self.by_name.len() >= MAX_PREFIXES {
            name = "(others)".into();
        }
        for (count, bytes) in [self.by_name.entry(name).or_default(), &mut self.all] {
            *count = count.saturating_add(1);
            *bytes = bytes.saturating_add(object.bytes);
        }
    }

    /// As lines for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        for (name, (count, bytes)) in &self.by_name {
            let name = if name.is_empty() { "(top)".into() } else { escaped(name) };
            let _ = writeln!(out, "{:>12}  {:>12}  {name}", grouped(*count), size(*bytes));
        }
        let _ = writeln!(out, "{} objects, {} ({} bytes)", grouped(self.all.0), size(self.all.1), grouped(self.all.1));
        out
    }

    /// As `--json` prints it.
    pub fn document(&self) -> serde_json::Value {
        let prefixes: Vec<_> = self
            .by_name
            .iter()
            .map(|(name, (count, bytes))| json!({ "prefix": name, "objects": count, "bytes": bytes }))
            .collect();
        json!({ "version": 1, "objects": self.all.0, "bytes": self.all.1, "prefixes": prefixes })
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_counts_below_the_prefix() {
        let mut totals = PrefixTotals::new("events/pro");
        for key in ["events/project/a", "events/project/b/c", "events/pro", "events/prose/x"] {
            totals.add(&Listed { key: key.into(), bytes: 1_000, modified: None, etag: None });
        }
        let names: Vec<_> = totals.by_name.iter().map(|(name, (count, _))| (name.as_str(), *count)).collect();
        assert_eq!(names, [("events/", 1), ("events/project/", 2), ("events/prose/", 1)]);
        assert!(totals.table().ends_with("4 objects, 3.91 KiB (4,000 bytes)\n"), "{}", totals.table());
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
