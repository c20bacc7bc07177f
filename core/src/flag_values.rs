//! The words that flags accept, from each type's own names.
//!
//! By hand, because clap's derive would print the types' doc comments as help texts of the words, and can't name members
//! of a set.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::object::export;
use crate::source::{Dialect, Kind, Wrapper};
use crate::variable::{Containers, UseCase};

macro_rules! words {
    ($($type:ty: $values:expr, $name:expr;)+) => {$(
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &$values
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                let name: fn(Self) -> Option<&'static str> = $name;
                name(*self).map(PossibleValue::new)
            }
        }
    )+};
}

words! {
    Kind: Self::OF_FILES, |kind| Some(kind.name());
    Wrapper: Self::ALL, |wrapper| Some(wrapper.name());
    Dialect: Self::ALL, |dialect| Some(dialect.name());
    Containers: [Self::WEB, Self::WORKER], |container| container.names().next();
    UseCase: Self::ALL, |use_case| Some(use_case.name());
    export::Format: Self::ALL, |format| Some(format.extension());
}
