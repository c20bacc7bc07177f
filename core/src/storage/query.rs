//! The queries of requests, and decoding keys in listings with `encoding-type=url`.

use crate::sign::encode;

/// A query builder. Values are percent-encoded; the signature sorts its own copy.
pub(super) struct Query(String);

impl Query {
    /// A query that begins with `first`, exactly as sent: `list-type=2`, `uploads=`.
    pub(super) fn new(first: &str) -> Self {
        Self(first.to_owned())
    }

    /// Adds a parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        encode::push_query(&mut self.0, value);
        self
    }

    /// Adds a parameter, if there is a value.
    pub(super) fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key in a listing. `encoded` is what the response's `EncodingType` says, not what was requested: some stores
/// ignore the request. `+` is a space, as Amazon, MinIO and SeaweedFS write it; they all write a plus as `%2B`.
/// `None` if it isn't UTF-8: such a key can't be requested.
pub(super) fn name(text: &str, encoded: bool) -> Option<String> {
    if encoded { String::from_utf8(encode::decode(text, true)).ok() } else { Some(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded() {
        let query = Query::new("uploads=").with("prefix", "a b/+é&").with_some("x", None).with_some("y", Some(""));
        assert_eq!(query.as_str(), "uploads=&prefix=a%20b%2F%2B%C3%A9%26&y=");
    }

    #[test]
    fn names_are_decoded_where_the_answer_says_so() {
        assert_eq!(name("a+b%2Bc%20d%2F%E2%82%AC", true).as_deref(), Some("a b+c d/€"));
        assert_eq!(name("a+b%2B", false).as_deref(), Some("a+b%2B"));
        assert_eq!(name("100%", true).as_deref(), Some("100%"));
        assert_eq!(name("%FF", true), None);
    }
}
