//! `cargo bench -p langfuse-blob-core --bench check`: a clean .env of 47 variables through reading and all rules.

#![allow(clippy::panic, missing_docs)]

use divan::counter::ItemsCount;
use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::source::{Given, Input, Kind, Options, Outcome, Wrapper, read};

const CLEAN: &str = include_str!("../../tests/fixtures/bench/clean.env");

fn main() {
    divan::main();
}

fn input() -> Input {
    Input { name: "clean.env".into(), given: Given::Bytes(CLEAN.into()), kind: Some(Kind::Dotenv), container: None }
}

#[divan::bench]
fn read_47_variables(bencher: divan::Bencher<'_, '_>) {
    let (input, options) = (input(), Options { deployment: Some(Wrapper::Raw), ..Options::default() });
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| match read(std::slice::from_ref(&input), &options) {
        Outcome::Ready(deployment) => deployment,
        other => panic!("{other:?}"),
    });
}

#[divan::bench]
fn check_47_variables(bencher: divan::Bencher<'_, '_>) {
    let (input, options) = (input(), Options { deployment: Some(Wrapper::Raw), ..Options::default() });
    let rules = check::Options::default();
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| match read(std::slice::from_ref(&input), &options) {
        Outcome::Ready(deployment) => {
            let report = check(&deployment, &rules);
            assert!(report.is_clean(), "{report:?}");
            report.summary
        }
        other => panic!("{other:?}"),
    });
}
