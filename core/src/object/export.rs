//! Batch exports: the files that Langfuse writes from rows.

use std::str::FromStr;

use super::js::{self, Object, Style, Text, Value, push_quoted};
use crate::text::order;

/// The format of an export file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// Comma-separated, with a header from the first row.
    Csv,
    /// One JSON array.
    Json,
    /// One JSON object per line.
    Jsonl,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Jsonl];

    /// Its name, which is the extension of its files.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// The content type that Langfuse uploads it with.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Jsonl => "application/x-ndjson; charset=utf-8",
        }
    }
}

/// Unknown format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoFormat;

impl std::fmt::Display for NoFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected `csv`, `json` or `jsonl`")
    }
}

impl std::error::Error for NoFormat {}

impl FromStr for Format {
    type Err = NoFormat;

    fn from_str(text: &str) -> Result<Self, NoFormat> {
        Self::ALL.into_iter().find(|f| f.extension() == text).ok_or(NoFormat)
    }
}

/// The key of an export: `{prefix}{milliseconds}-lf-{table}-export-{project}.{extension}`.
///
/// `prefix` is `LANGFUSE_S3_BATCH_EXPORT_PREFIX`, prepended literally; `unix_millis` is the time of the export, in
/// milliseconds since the Unix epoch.
#[must_use]
pub fn key(prefix: &str, unix_millis: u64, table: &str, project_id: &str, format: Format) -> String {
    format!("{prefix}{unix_millis}-lf-{table}-export-{project_id}.{}", format.extension())
}

/// A whole file of a few rows. For many rows, use [`Writer`].
#[must_use]
pub fn export_file<'r, 't: 'r>(rows: impl IntoIterator<Item = &'r Object<'t>>, format: Format) -> Vec<u8> {
    let mut writer = Writer::new(format);
    let mut out = Vec::new();
    for row in rows {
        writer.row(row, &mut out);
    }
    writer.finish(&mut out);
    out
}

/// Writes a file row by row, in UTF-8. It keeps only the header and the longest field in memory.
#[derive(Debug)]
pub struct Writer {
    format: Format,
    /// The names of the first row, once it was written.
    columns: Option<Vec<Text<'static>>>,
    /// A field before its quotes are doubled.
    field: Vec<u8>,
}

/// Values of an export have their `\uXXXX` decoded.
const COMPACT: Style = Style { indented: false, unescaped: true };

/// The one column that people read as text.
const COMMENTS: &str = "comments";

impl Writer {
    /// Starts a file.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, columns: None, field: Vec::new() }
    }

    /// Appends a row to `out`.
    pub fn row(&mut self, row: &Object<'_>, out: &mut Vec<u8>) {
        match self.format {
            Format::Csv => {
                if self.columns.is_none() {
                    header(row, out);
                }
                let columns = self.columns.get_or_insert_with(|| names(row));
                record(columns, row, &mut self.field, out);
            }
            Format::Json => {
                out.push(if self.columns.is_none() { b'[' } else { b',' });
                self.columns.get_or_insert_default();
                js::write_object(row, COMPACT, out);
            }
            Format::Jsonl => {
                js::write_object(row, COMPACT, out);
                out.push(b'\n');
            }
        }
    }

    /// Appends what follows the last row.
    pub fn finish(self, out: &mut Vec<u8>) {
        match (self.format, self.columns) {
            (Format::Json, None) => out.extend_from_slice(b"[]"),
            (Format::Json, Some(_)) => out.push(b']'),
            (Format::Csv | Format::Jsonl, _) => {}
        }
    }
}

fn names(row: &Object<'_>) -> Vec<Text<'static>> {
    row.members().iter().map(|(name, _)| name.clone().into_owned()).collect()
}

fn header(row: &Object<'_>, out: &mut Vec<u8>) {
    for (place, (name, _)) in row.members().iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        name.push_csv(out);
    }
    out.push(b'\n');
}

/// Rows usually have the header's names in the header's order, with some missing. So the next name is tried first, and
/// only a row in another order is sorted.
fn record(columns: &[Text<'static>], row: &Object<'_>, field: &mut Vec<u8>, out: &mut Vec<u8>) {
    let mut next = row.members().iter().peekable();
    let mut sorted: Option<Vec<&(Text<'_>, Value<'_>)>> = None;
    let mut first = true;
    for column in columns {
        if !first {
            out.push(b',');
        }
        first = false;
        let value = match next.next_if(|(name, _)| name == column) {
            Some((_, value)) => Some(value),
            None => {
                let sorted = sorted.get_or_insert_with(|| {
                    let mut all: Vec<_> = row.members().iter().collect();
                    order::sort_by(&mut all, |a, b| a.0.cmp(&b.0));
                    all
                });
                let found = sorted.binary_search_by(|(name, _)| name.cmp(column)).ok();
                found.and_then(|at| sorted.get(at)).map(|(_, value)| value)
            }
        };
        push_field(column, value.unwrap_or(&Value::Null), field, out);
    }
    out.push(b'\n');
}

fn push_field(column: &Text<'_>, value: &Value<'_>, field: &mut Vec<u8>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"\"\""),
        Value::String(text) => text.unescaped().push_csv(out),
        Value::Bool(_) | Value::Number(_) => {
            out.push(b'"');
            js::write(value, COMPACT, out);
            out.push(b'"');
        }
        Value::Array(_) | Value::Object(_) => {
            let indented = column.as_bytes() == COMMENTS.as_bytes();
            field.clear();
            js::write(value, Style { indented, ..COMPACT }, field);
            push_quoted(field, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: &[&str], format: Format) -> String {
        let rows: Vec<Object<'_>> = rows.iter().map(|r| Object::parse(r).unwrap()).collect();
        String::from_utf8(export_file(&rows, format)).unwrap()
    }

    #[test]
    fn rows_in_another_order_find_their_columns() {
        let rows = [r#"{"a":1,"b":2,"c":3}"#, r#"{"c":6,"x":0,"a":4}"#, r#"{"b":8}"#, "{}"];
        let text = "\"a\",\"b\",\"c\"\n\"1\",\"2\",\"3\"\n\"4\",\"\",\"6\"\n\"\",\"8\",\"\"\n\"\",\"\",\"\"\n";
        assert_eq!(file(&rows, Format::Csv), text);
    }

    #[test]
    fn a_number_out_of_range_is_not_an_empty_field() {
        assert_eq!(file(&[r#"{"a":1e400,"b":null}"#], Format::Csv), "\"a\",\"b\"\n\"null\",\"\"\n");
    }

    #[test]
    fn an_unpaired_surrogate_is_kept_in_every_format() {
        let row = r#"{"a":"\ud83d","b":["\ude00"]}"#;
        assert_eq!(file(&[row], Format::Csv), "\"a\",\"b\"\n\"\\ud83d\",\"[\"\"\\ude00\"\"]\"\n");
        assert_eq!(file(&[row], Format::Json), format!("[{row}]"));
        assert_eq!(file(&[row], Format::Jsonl), format!("{row}\n"));
    }

    #[test]
    fn no_rows_are_an_empty_file_or_list() {
        assert_eq!(Format::ALL.map(|f| file(&[], f)), ["", "[]", ""]);
        assert_eq!(Format::ALL.map(|f| file(&["{}"], f)), ["\n\n", "[{}]", "{}\n"]);
    }

    #[test]
    fn keys_match_langfuse() {
        assert_eq!(key("exports/", 17, "traces", "p", Format::Jsonl), "exports/17-lf-traces-export-p.jsonl");
        assert_eq!("csv".parse(), Ok(Format::Csv));
        assert_eq!("CSV".parse::<Format>(), Err(NoFormat));
    }
}
