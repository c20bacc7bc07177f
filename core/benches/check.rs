//! A clean .env of 47 variables through reading and all rules: `cargo bench -p langfuse-blob-core --bench check`.
//!
//! Prints one JSON object: median nanoseconds a call, for scripts/bench.mjs to set beside other tools in the same run.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::source::{Deployment, Given, Input, Kind, Options, Wrapper, read};

const CLEAN: &str = include_str!("../../tests/fixtures/bench/clean.env");

fn main() {
    let given = Given::Bytes(CLEAN.into());
    let inputs = [Input { name: "clean.env".into(), given, kind: Some(Kind::Dotenv), container: None }];
    let options = Options { deployment: Some(Wrapper::Raw), ..Options::default() };
    let rules = check::Options::default();
    assert!(check(&deployment(&inputs, &options), &rules).is_clean(), "the fixture is not clean");
    let read = median(|| drop(black_box(deployment(black_box(&inputs), &options))));
    let all = median(|| drop(black_box(check(&deployment(black_box(&inputs), &options), &rules))));
    println!("{{\"read_ns\":{read},\"check_ns\":{all}}}");
}

fn deployment(inputs: &[Input], options: &Options) -> Deployment {
    read(inputs, options, &NoFiles).unwrap()
}

/// The median of many batches: one slow batch on a busy machine does not count.
fn median(mut work: impl FnMut()) -> u128 {
    const BATCH: u32 = 200;
    let mut batches: Vec<u128> = (0..101)
        .map(|_| {
            let begun = Instant::now();
            (0..BATCH).for_each(|_| work());
            begun.elapsed().as_nanos() / u128::from(BATCH)
        })
        .collect();
    batches.sort_unstable();
    batches[batches.len() / 2]
}
