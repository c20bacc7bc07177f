//! Finds keys that are both a file and a directory, such as `n` and `n/m`, among sorted keys.

/// The keys seen so far that the next one may be below. Of sorted keys, those between `n` and `n/m` all begin with `n`:
/// what isn't a beginning of the current key is forgotten, so memory doesn't grow with their number.
#[derive(Debug, Default)]
pub struct Family(Vec<String>);

impl Family {
    /// The earlier key that `key` is below, if there is one; else `key` is remembered.
    pub fn parent(&mut self, key: &str) -> Option<&str> {
        self.0.retain(|earlier| key.starts_with(earlier.as_str()));
        let below = |earlier: &String| key.strip_prefix(earlier.as_str()).is_some_and(|rest| rest.starts_with('/'));
        let found = self.0.iter().position(below);
        if found.is_none() {
            self.0.push(key.to_owned());
        }
        found.and_then(|at| self.0.get(at)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_below_another_is_found() {
        let mut family = Family::default();
        let keys = ["a", "a-b", "a-b-c", "a/b", "a/c/d", "b", "b0", "c/d", "c/d/e"];
        let found: Vec<_> = keys.into_iter().filter_map(|key| Some((key, family.parent(key)?.to_owned()))).collect();
        let expected = [("a/b", "a"), ("a/c/d", "a"), ("c/d/e", "c/d")];
        assert_eq!(found, expected.map(|(key, parent)| (key, parent.to_owned())));
        assert!(family.0.len() < 3);
    }
}
