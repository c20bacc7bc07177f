//! The commands of tests/cmd and of the README, run as they stand there. `TRYCMD=overwrite cargo test --test commands`
//! renews the outputs: read what changed.
#![allow(missing_docs)]

#[test]
fn commands_print_what_the_pages_say() {
    trycmd::TestCases::new().env("NO_COLOR", "1").case("tests/cmd/*.trycmd").case("README.md");
}
