//! Did you mean: the nearest name by restricted edit distance.

/// The candidate nearest to `word`, if it's near enough to be a typo: at most a third of its letters, four at
/// the most. Case does not count. Ties go to the first candidate.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut best: Option<(usize, &str)> = None;
    let mut other: Vec<char> = Vec::new();
    let own = letters(word.iter().copied());
    for candidate in candidates {
        let bound = best.map_or(limit, |(d, _)| d.saturating_sub(1));
        if candidate.is_ascii() {
            let theirs = letters(candidate.bytes().map(|b| char::from(b.to_ascii_lowercase())));
            let apart = |a: u64, b: u64| (a & !b).count_ones() as usize > bound;
            if candidate.len().abs_diff(word.len()) > bound || apart(own, theirs) || apart(theirs, own) {
                continue;
            }
        }
        other.clear();
        other.extend(candidate.chars().flat_map(char::to_lowercase));
        if let Some(d) = distance(&word, &other, bound) {
            best = Some((d, candidate));
            if d == 0 {
                break;
            }
        }
    }
    best.map(|(_, c)| c)
}

/// The set of letters as a bit mask; some share a bit. A letter that only one of two words has costs an edit, which
/// rules out most pairs before their edits are counted.
fn letters(word: impl Iterator<Item = char>) -> u64 {
    word.fold(0, |all, c| all | 1_u64.wrapping_shl(u32::from(c)))
}

/// Optimal string alignment: insert, delete, replace, swap two neighbours. `None` if it's more than `bound`, which for
/// most pairs shows after a few letters.
fn distance(a: &[char], b: &[char], bound: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > bound {
        return None;
    }
    let far = bound.saturating_add(1);
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).map(|j| j.min(far)).collect();
    let mut row: Vec<usize> = Vec::with_capacity(previous.len());
    let mut least_before = 0;
    for (i, x) in a.iter().enumerate() {
        row.clear();
        let mut least = i.saturating_add(1).min(far);
        row.push(least);
        for (j, y) in b.iter().enumerate() {
            // No path that far from the diagonal is short enough.
            if i.abs_diff(j) > bound {
                row.push(far);
                continue;
            }
            let replace = previous.get(j)?.saturating_add(usize::from(x != y));
            let delete = previous.get(j.saturating_add(1))?.saturating_add(1);
            let insert = row.get(j)?.saturating_add(1);
            let mut cost = replace.min(delete).min(insert);
            let swapped = i > 0 && j > 0 && a.get(i.wrapping_sub(1)) == Some(y) && b.get(j.wrapping_sub(1)) == Some(x);
            if swapped {
                cost = cost.min(before.get(j.wrapping_sub(1))?.saturating_add(1));
            }
            least = least.min(cost);
            row.push(cost.min(far));
        }
        // A swap looks back two rows.
        if least > bound && least_before > bound {
            return None;
        }
        least_before = least;
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut row);
    }
    previous.last().copied().filter(|d| *d <= bound)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn finds_slips_and_leaves_strangers_alone() {
        let names = ["LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "LANGFUSE_S3_EVENT_UPLOAD_REGION", "true"];
        assert_eq!(nearest("LANGFUSE_S3_EVENTS_UPLOAD_BUCKET", names), Some(names[0]));
        assert_eq!(nearest("LANGFUSE_S3_EVENT_UPLAOD_REGION", names), Some(names[1]));
        assert_eq!(nearest("TRUE", names), Some("true"));
        assert_eq!(nearest("yes", names), None);
        assert_eq!(nearest("", names), None);
    }

    /// The whole table, without a bound: what the short way has to agree with.
    fn plain(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let replace = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut cost = replace.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        cost = cost.min(table[i - 2][j - 2] + 1);
                    }
                    cost
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_finds_what_the_long_one_finds(a in "[abc]{0,9}", b in "[abc]{0,9}", bound in 0_usize..6) {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let whole = plain(&a, &b);
            proptest::prop_assert_eq!(distance(&a, &b, bound), (whole <= bound).then_some(whole));
        }
    }
}
