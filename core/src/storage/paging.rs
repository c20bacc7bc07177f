//! Whether a listing makes progress. A store that repeats the same pages would be requested forever.
//!
//! Errors at every store: a token or a first key that was there before, and too many empty pages in a row.
//! Key order is checked only if the store guarantees it: stores that keep keys as files list `a/1` before `a-1`.

use std::fmt;

use crate::text::printable::escaped;

/// How many pages without a key may follow one another. Azure documents empty pages with a marker when it crosses from
/// one of its partitions to the next.
pub const EMPTY: u32 = 1_000;

/// The order in which a store lists keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// By UTF-8 bytes.
    Bytes,
    /// Not guaranteed.
    Unknown,
}

/// A listed item: its key, and what distinguishes it from others of the same key, such as an upload ID; else empty.
pub type Listed<'a> = (&'a str, &'a str);

/// The state of a listing. Its size doesn't depend on the number of pages.
#[derive(Clone, Debug)]
pub struct Paging {
    order: Order,
    /// Where the previous page ended.
    last: Option<String>,
    pages: u64,
    empty: u32,
    tokens: Cycle,
    firsts: Cycle,
}

/// Why a listing is stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PagingError {
    /// The page, counted from 1.
    pub page: u64,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The token for the next page is that of an earlier one.
    Token,
    /// It begins with a key that an earlier page began with.
    Repeated(String),
    /// A key follows one that sorts after it: both.
    Order(String, String),
    /// It doesn't begin with the requested prefix: the key.
    Prefix(String),
    /// It is one of this many without a key.
    Empty(u32),
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Token => f.write_str("the store repeats a continuation token, so the listing would never end")?,
            Problem::Repeated(key) => {
                write!(f, "the store lists `{}` a second time, so the listing would never end", escaped(key))?;
            }
            Problem::Order(before, key) => {
                write!(f, "the store lists `{}` after `{}`, out of order", escaped(key), escaped(before))?;
            }
            Problem::Prefix(key) => write!(f, "the store lists `{}`, which doesn't have that prefix", escaped(key))?,
            Problem::Empty(count) => {
                write!(f, "the store says that there is more, but {count} pages in a row are empty")?;
            }
        }
        write!(f, " (page {})", self.page)
    }
}

impl std::error::Error for PagingError {}

impl Paging {
    /// A listing without any page yet.
    #[must_use]
    pub fn new(order: Order) -> Self {
        Self { order, last: None, pages: 0, empty: 0, tokens: Cycle::default(), firsts: Cycle::default() }
    }

    /// Adds a page: its items and its common prefixes, each in the store's order, and the token for the next one.
    ///
    /// # Errors
    /// [`PagingError`] if the page doesn't follow the previous ones.
    pub fn on_page<'a>(
        &mut self,
        prefix: &str,
        items: impl IntoIterator<Item = Listed<'a>>,
        common_prefixes: impl IntoIterator<Item = &'a str>,
        next: Option<&str>,
    ) -> Result<(), PagingError> {
        self.pages = self.pages.saturating_add(1);
        let page = self.pages;
        let checked = self.check(prefix, items, common_prefixes, next);
        checked.map_err(|problem| PagingError { page, problem })
    }

    fn check<'a>(
        &mut self,
        prefix: &str,
        items: impl IntoIterator<Item = Listed<'a>>,
        common_prefixes: impl IntoIterator<Item = &'a str>,
        next: Option<&str>,
    ) -> Result<(), Problem> {
        let start = self.last.clone();
        let mut first: Option<Listed<'a>> = None;
        let mut end: Option<&str> = None;
        let mut keys = start.as_deref();
        for (key, id) in items {
            if !key.starts_with(prefix) {
                return Err(Problem::Prefix(key.to_owned()));
            }
            self.in_order(keys, key, !id.is_empty())?;
            first = first.or(Some((key, id)));
            keys = Some(key);
            end = Some(end.map_or(key, |end| end.max(key)));
        }
        let mut common = start.as_deref();
        for common_prefix in common_prefixes {
            if !common_prefix.starts_with(prefix) {
                return Err(Problem::Prefix(common_prefix.to_owned()));
            }
            self.in_order(common, common_prefix, false)?;
            common = Some(common_prefix);
            end = Some(end.map_or(common_prefix, |end| end.max(common_prefix)));
        }
        let Some(end) = end else {
            self.empty = self.empty.saturating_add(1);
            let forever = next.is_some() && self.empty >= EMPTY;
            return if forever { Err(Problem::Empty(self.empty)) } else { self.token(next) };
        };
        self.empty = 0;
        self.last = Some(end.to_owned());
        if let Some((key, id)) = first
            && self.firsts.repeats(&format!("{key}\0{id}"))
        {
            return Err(Problem::Repeated(key.to_owned()));
        }
        self.token(next)
    }

    fn in_order(&self, before: Option<&str>, key: &str, may_repeat: bool) -> Result<(), Problem> {
        match before {
            Some(before) if self.order == Order::Bytes && (key < before || (key == before && !may_repeat)) => {
                Err(Problem::Order(before.to_owned(), key.to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn token(&mut self, next: Option<&str>) -> Result<(), Problem> {
        if next.is_some_and(|next| self.tokens.repeats(next)) { Err(Problem::Token) } else { Ok(()) }
    }
}

/// Detects a cycle in a sequence by remembering one of its values: one at every power of two (Brent, 1980).
#[derive(Clone, Default, Debug)]
struct Cycle {
    kept: Option<String>,
    since: u64,
    power: u64,
}

impl Cycle {
    fn repeats(&mut self, value: &str) -> bool {
        if self.kept.as_deref() == Some(value) {
            return true;
        }
        self.since = self.since.saturating_add(1);
        if self.since >= self.power {
            self.kept = Some(value.to_owned());
            self.power = self.power.saturating_mul(2).max(2);
            self.since = 0;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Takes pages of keys, each with its token, and gives the first problem.
    fn problem(order: Order, pages: &[(&[&str], &str)]) -> Option<PagingError> {
        let mut paging = Paging::new(order);
        pages.iter().find_map(|(keys, next)| {
            let next = Some(*next).filter(|t| !t.is_empty());
            paging.on_page("", keys.iter().map(|key| (*key, "")), [], next).err()
        })
    }

    #[test]
    fn a_listing_that_gets_on_is_no_problem() {
        let pages: &[(&[&str], &str)] = &[(&["a", "b"], "1"), (&[], "2"), (&["c"], "3"), (&[], "")];
        for order in [Order::Bytes, Order::Unknown] {
            assert_eq!(problem(order, pages), None);
        }
        // Directory order.
        assert_eq!(problem(Order::Unknown, &[(&["a/1", "a-1"], "1"), (&["B", "b"], "")]), None);
        // The encoding's order, not UTF-16's.
        assert_eq!(problem(Order::Bytes, &[(&["\u{ffff}"], "1"), (&["\u{10000}"], "")]), None);
    }

    #[test]
    fn tokens_that_come_again_end_it() {
        let of = |pages: &[(&[&str], &str)]| problem(Order::Unknown, pages).map(|e| (e.page, e.problem));
        assert_eq!(of(&[(&["a"], "0"), (&["b"], "1"), (&["c"], "0")]), Some((3, Problem::Token)));
        assert_eq!(of(&[(&["a"], "0"), (&["a"], "1")]), Some((2, Problem::Repeated("a".into()))));
    }

    #[test]
    fn disorder_ends_it_where_order_is_guaranteed() {
        let of = |pages: &[(&[&str], &str)]| problem(Order::Bytes, pages).map(|e| e.problem);
        let expected = Some(Problem::Order("b".into(), "a".into()));
        assert_eq!(of(&[(&["b", "a"], "")]), expected);
        assert_eq!(of(&[(&["b"], "1"), (&["a"], "")]), expected);
        assert_eq!(of(&[(&["b"], "1"), (&["b"], "")]), Some(Problem::Order("b".into(), "b".into())));
    }

    #[test]
    fn common_prefixes_count_for_the_order() {
        let mut paging = Paging::new(Order::Bytes);
        paging.on_page("", [("a", ""), ("x", "")], ["b/", "z/"], Some("1")).unwrap();
        let error = paging.on_page("", [], ["y/"], None).unwrap_err();
        assert_eq!(error.problem, Problem::Order("z/".into(), "y/".into()));
    }

    #[test]
    fn uploads_of_one_key_are_many() {
        let mut paging = Paging::new(Order::Bytes);
        for id in ["1", "2", "3", "4"] {
            paging.on_page("k", [("k", id)], [], Some(id)).unwrap();
        }
        let mut paging = Paging::new(Order::Bytes);
        paging.on_page("k", [("k", "1")], [], Some("1")).unwrap();
        assert_eq!(
            paging.on_page("k", [("k", "1")], [], Some("2")).unwrap_err().problem,
            Problem::Repeated("k".into())
        );
    }

    #[test]
    fn keys_outside_the_prefix_are_named() {
        let mut paging = Paging::new(Order::Unknown);
        let error = paging.on_page("events/", [("media/\u{1b}x", "")], [], None).unwrap_err();
        assert!(!error.to_string().contains('\u{1b}') && error.to_string().contains("page 1"), "{error}");
        assert!(Paging::new(Order::Unknown).on_page("a/", [], ["b/"], None).is_err());
    }

    #[test]
    fn empty_pages_end() {
        let mut paging = Paging::new(Order::Unknown);
        let mut ended = 0;
        for page in 1..=EMPTY {
            if let Err(error) = paging.on_page("", [], [], Some(&page.to_string())) {
                assert_eq!(error.problem, Problem::Empty(EMPTY));
                ended = page;
            }
        }
        assert_eq!(ended, EMPTY);
        assert_eq!(Paging { empty: EMPTY, ..Paging::new(Order::Unknown) }.on_page("", [], [], None), Ok(()));
    }

    proptest! {
        #[test]
        fn every_circle_is_found(before in 0_u64..50, length in 1_u64..50) {
            let mut cycle = Cycle::default();
            let value = |n: u64| if n < before { n } else { before + (n - before) % length };
            let found = (0..1_000).find(|n| cycle.repeats(&value(*n).to_string()));
            let found = found.unwrap();
            // It did come before, and was not waited for long.
            prop_assert!((0..found).any(|n| value(n) == value(found)));
            prop_assert!(found <= 4 * (before + length) + 4, "{}", found);
        }

        #[test]
        fn ascending_keys_are_never_a_problem(mut keys in proptest::collection::btree_set("[a-c/-]{0,6}", 0..40), size in 1_usize..7) {
            keys.insert("z".into());
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let mut paging = Paging::new(Order::Bytes);
            for (at, page) in keys.chunks(size).enumerate() {
                paging.on_page("", page.iter().map(|key| (*key, "")), [], Some(&at.to_string())).unwrap();
            }
        }
    }
}
