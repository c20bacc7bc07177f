//! Did you mean: the nearest name by restricted edit distance.

/// The candidate nearest to `word`, when it is near enough to be a slip: at most a third of its letters, four at
/// the most. Case does not count. Ties go to the first candidate.
#[must_use]
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let bound = best.map_or(limit, |(d, _)| d.saturating_sub(1));
        let other: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        if other.len().abs_diff(word.len()) > bound {
            continue;
        }
        if let Some(d) = distance(&word, &other).filter(|d| *d <= bound) {
            best = Some((d, candidate));
            if d == 0 {
                break;
            }
        }
    }
    best.map(|(_, c)| c)
}

/// Optimal string alignment: insert, delete, replace, swap two neighbours.
fn distance(a: &[char], b: &[char]) -> Option<usize> {
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(previous.len());
        row.push(i.saturating_add(1));
        for (j, y) in b.iter().enumerate() {
            let replace = previous.get(j)?.saturating_add(usize::from(x != y));
            let delete = previous.get(j.saturating_add(1))?.saturating_add(1);
            let insert = row.get(j)?.saturating_add(1);
            let mut cost = replace.min(delete).min(insert);
            let swapped = i > 0 && j > 0 && a.get(i.wrapping_sub(1)) == Some(y) && b.get(j.wrapping_sub(1)) == Some(x);
            if swapped {
                cost = cost.min(before.get(j.wrapping_sub(1))?.saturating_add(1));
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_leaves_strangers_alone() {
        let names = ["LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "LANGFUSE_S3_EVENT_UPLOAD_REGION", "true"];
        assert_eq!(nearest("LANGFUSE_S3_EVENTS_UPLOAD_BUCKET", names), Some(names[0]));
        assert_eq!(nearest("LANGFUSE_S3_EVENT_UPLAOD_REGION", names), Some(names[1]));
        assert_eq!(nearest("TRUE", names), Some("true"));
        assert_eq!(nearest("yes", names), None);
        assert_eq!(nearest("", names), None);
    }
}
