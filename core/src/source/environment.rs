//! What one container receives, and the duplicates met while it's read.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher as _;

use super::outside::outside;
use super::setting::{Setting, Value};
use crate::variable::{COUNT, Role, UseCase, Var, find, is_storage_name, slot};

/// What one container receives.
#[derive(Clone, Debug)]
pub struct Environment {
    settings: Vec<Setting>,
    slots: [u32; COUNT],
    /// Index of the names that aren't in the table, by hash: a file may have millions.
    unknown: BTreeMap<u64, u32>,
    /// Whether more may be set than is visible (an `envFrom` whose object isn't in the files). Rules about
    /// missing variables are silent then.
    pub open: bool,
    /// Settings whose value a name without a value supplies, with these names: empty here, and unknown elsewhere.
    pub unseen: Vec<(Setting, Vec<String>)>,
    /// Whether it's all that an excerpt of code says literally. Then no rule may report what is missing.
    pub excerpt: bool,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            settings: Vec::with_capacity(64),
            slots: [0; COUNT],
            unknown: BTreeMap::new(),
            open: false,
            unseen: Vec::new(),
            excerpt: false,
        }
    }
}

/// Identifies a name without a copy, which would cost more memory than its line.
pub(super) fn hash(name: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

impl Environment {
    /// An empty one of which more may be set than is visible.
    pub(super) fn partly_visible() -> Self {
        Self { open: true, ..Self::default() }
    }

    /// What an excerpt says.
    pub(super) fn of_excerpt() -> Self {
        Self { open: true, excerpt: true, ..Self::default() }
    }

    /// The same, with every variable that `wanted` accepts and that isn't set here set to an unknown value.
    #[must_use]
    pub fn with_unknowns(&self, wanted: impl Fn(Var) -> bool) -> Self {
        let mut all = self.clone();
        for var in crate::variable::all().filter(|v| !v.row().unused && self.get(*v).is_none() && wanted(*v)) {
            all.set(Setting::of(var.name(), Value::Unknown));
        }
        all
    }

    /// Adds a setting; a later one of the same name replaces the earlier one, as in every reader.
    pub fn set(&mut self, setting: Setting) -> Option<Setting> {
        if matches!(&setting.value, Value::Known(text) if outside(text).is_some()) {
            return self.insert(Setting { value: Value::Unknown, is_plain: false, ..setting });
        }
        self.insert(setting)
    }

    fn insert(&mut self, setting: Setting) -> Option<Setting> {
        let next = u32::try_from(self.settings.len().saturating_add(1)).unwrap_or(0);
        if let Some(var) = setting.var {
            let Some(cell) = self.slots.get_mut(var.index()) else { return None };
            if let Some(old) = index(*cell).and_then(|i| self.settings.get_mut(i)) {
                return Some(std::mem::replace(old, setting));
            }
            self.settings.push(setting);
            *cell = next;
            return None;
        }
        let cell = self.unknown.entry(hash(&setting.name)).or_insert(next);
        if let Some(old) = index(*cell).and_then(|i| self.settings.get_mut(i)).filter(|s| s.name == setting.name) {
            return Some(std::mem::replace(old, setting));
        }
        self.settings.push(setting);
        None
    }

    /// Adds the settings of `over`, which replace those of the same names.
    pub(super) fn lay(&mut self, over: Self) {
        self.open |= over.open;
        self.unseen.extend(over.unseen);
        for setting in over.settings {
            self.set(setting);
        }
    }

    /// Forgets the values that aren't visible here: their settings stay set.
    pub(super) fn forget(&mut self, is_hidden: &dyn Fn(&str) -> bool) {
        for setting in &mut self.settings {
            if matches!(&setting.value, Value::Known(text) if is_hidden(text)) {
                setting.value = Value::Unknown;
                setting.is_plain = false;
                if let Some(place) = &mut setting.place {
                    place.plain = false;
                }
            }
        }
    }

    /// Removes the settings that the wrapper itself makes.
    pub(super) fn without_defaults(self) -> Self {
        let mut kept = Self { open: self.open, ..Self::default() };
        for setting in self.settings.into_iter().filter(|s| !s.from_wrapper()) {
            kept.set(setting);
        }
        kept
    }

    /// Reserves room for exactly `more` settings.
    pub fn reserve(&mut self, more: usize) {
        self.settings.reserve_exact(more);
    }

    /// Removes a setting.
    pub fn remove(&mut self, name: &str) {
        self.remove_all(&BTreeSet::from([name]));
    }

    /// Removes the settings in `names`.
    pub fn remove_all(&mut self, names: &BTreeSet<&str>) {
        if !names.iter().any(|name| self.by_name(name).is_some()) {
            return;
        }
        let kept: Vec<Setting> =
            std::mem::take(&mut self.settings).into_iter().filter(|s| !names.contains(s.name.as_ref())).collect();
        let (open, excerpt, unseen) = (self.open, self.excerpt, std::mem::take(&mut self.unseen));
        *self = Self { open, unseen, excerpt, ..Self::default() };
        for setting in kept {
            self.set(setting);
        }
    }

    /// Makes every value that `hides` picks an unknown one.
    pub(super) fn hide(&mut self, hides: impl Fn(&str) -> bool) {
        for setting in &mut self.settings {
            if matches!(&setting.value, Value::Known(text) if hides(text)) {
                setting.value = Value::Unknown;
                setting.is_plain = false;
            }
        }
    }

    /// The same with unknown values for [`Self::unseen`], unless another file supplies them.
    pub(super) fn judged(&self) -> Self {
        let mut judged = self.clone();
        for (setting, _) in &self.unseen {
            if judged.by_name(&setting.name).is_none_or(|own| own.place == setting.place || !own.is_set()) {
                judged.set(setting.clone());
            }
        }
        judged
    }

    /// The setting of `var`, empty or not.
    #[must_use]
    pub fn get(&self, var: Var) -> Option<&Setting> {
        self.settings.get(index(*self.slots.get(var.index())?)?)
    }

    /// The setting of `var`, if it counts as set.
    #[must_use]
    pub fn set_value(&self, var: Var) -> Option<&Setting> {
        self.get(var).filter(|s| s.is_set())
    }

    /// The value of `var`, if it is known and not empty.
    #[must_use]
    pub fn text(&self, var: Var) -> Option<&str> {
        self.get(var)?.text()
    }

    /// Whether `var` is exactly `true`.
    #[must_use]
    pub fn is_true(&self, var: Var) -> bool {
        self.text(var) == Some("true")
    }

    /// The setting for `role` of `use_case`, if it counts as set.
    #[must_use]
    pub fn role(&self, use_case: UseCase, role: Role) -> Option<&Setting> {
        self.set_value(slot(use_case, role)?)
    }

    /// Every setting, in the order of first appearance.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter()
    }

    /// The setting of that name, whether it's in the table or not.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Setting> {
        match find(name) {
            Some(var) => self.get(var),
            None => self.settings.get(index(*self.unknown.get(&hash(name))?)?).filter(|s| s.name == name),
        }
    }
}

/// The index that a cell encodes; 0 means none.
fn index(cell: u32) -> Option<usize> {
    usize::try_from(cell).ok()?.checked_sub(1)
}

/// The same variable twice in one file.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The one that is overridden.
    pub lost: Setting,
    /// The one that counts.
    pub kept: Setting,
}

impl Duplicate {
    /// Whether a rule reports duplicates of this name.
    #[must_use]
    pub fn matters(setting: &Setting) -> bool {
        setting.var.is_some() || is_storage_name(&setting.name)
    }
}

/// How many duplicates are kept; more are only counted. A report lists fewer.
pub(super) const MOST_DUPLICATES: usize = 4096;

/// Adds the entries of one file or list to an environment that may already have entries of other files: only
/// duplicates within this one count.
#[derive(Debug)]
pub struct Entries {
    /// One cell per row of the table.
    known: [bool; COUNT],
    /// Hashes of the names that aren't in the table.
    unknown: BTreeSet<u64>,
    /// The duplicates so far, of names that are meant for Langfuse's storage.
    pub duplicates: Vec<Duplicate>,
    /// How many more of them there are.
    pub left: usize,
}

impl Default for Entries {
    fn default() -> Self {
        Self { known: [false; COUNT], unknown: BTreeSet::new(), duplicates: Vec::new(), left: 0 }
    }
}

impl Entries {
    /// Sets `setting`; the last one of a name counts.
    pub fn put(&mut self, environment: &mut Environment, setting: Setting) {
        let again = match setting.var {
            Some(var) => self.known.get_mut(var.index()).is_some_and(|said| std::mem::replace(said, true)),
            None => !self.unknown.insert(hash(&setting.name)),
        };
        let Some(lost) = environment.set(setting).filter(|lost| again && Duplicate::matters(lost)) else { return };
        if self.duplicates.len() >= MOST_DUPLICATES {
            self.left = self.left.saturating_add(1);
        } else if let Some(kept) = environment.by_name(&lost.name) {
            self.duplicates.push(Duplicate { kept: kept.clone(), lost });
        }
    }
}
