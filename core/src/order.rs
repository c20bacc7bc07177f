//! Sorting helpers that keep a single copy of the sorting algorithm in the WebAssembly module.

use std::cmp::Ordering;

/// Sorts `items` stably. To keep the WebAssembly module small, one copy of the algorithm serves all types: it sorts
/// their indices, and the items follow.
pub fn sort_by<T>(items: &mut Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) {
    if cfg!(target_arch = "wasm32") {
        let mut places: Vec<usize> = (0..items.len()).collect();
        sort_places(&mut places, &mut |a, b| {
            items.get(a).zip(items.get(b)).map_or(Ordering::Equal, |(a, b)| compare(a, b))
        });
        let mut left: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
        items.extend(places.into_iter().filter_map(|place| left.get_mut(place)?.take()));
    } else {
        items.sort_by(compare);
    }
}

/// Like [`sort_by`], by `key`.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, mut key: impl FnMut(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Like [`sort_by`], by the items' own order.
pub fn sort<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
}

#[inline(never)]
fn sort_places(places: &mut [usize], compare: &mut dyn FnMut(usize, usize) -> Ordering) {
    places.sort_by(|a, b| compare(*a, *b));
}

/// A map or set of `items`, inserted one by one: collecting into a sorted one instantiates the sorting algorithm
/// for each item type and call.
pub fn filled<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}
