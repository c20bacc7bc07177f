//! Regions: missing, `auto` in the wrong place, contradicting the endpoint, misspelled.

mod region_auto_on_aws;
mod region_auto_without_endpoint;
mod region_endpoint_mismatch;
mod region_is_availability_zone;
mod region_missing;
mod region_misspelled;
mod region_not_of_provider;

use super::{Rule, s3_blocks};
use crate::provider::AWS_REGIONS;

pub(super) static RULES: &[&Rule] = &[
    &region_missing::REGION_MISSING,
    &region_auto_without_endpoint::REGION_AUTO_WITHOUT_ENDPOINT,
    &region_auto_on_aws::REGION_AUTO_ON_AWS,
    &region_endpoint_mismatch::REGION_ENDPOINT_MISMATCH,
    &region_is_availability_zone::REGION_IS_AVAILABILITY_ZONE,
    &region_misspelled::REGION_MISSPELLED,
    &region_not_of_provider::REGION_NOT_OF_PROVIDER,
];

fn zone_of(text: &str) -> Option<&str> {
    let parent = text.strip_suffix(|c: char| c.is_ascii_lowercase())?;
    AWS_REGIONS.contains(&parent).then_some(parent)
}
