//! Oracle Object Storage: authentication, and which of its two APIs an endpoint belongs to.

mod oci_auth_type_missing;
mod oci_config_file_missing;
mod oci_endpoint_not_native;
mod oci_endpoint_not_s3;
mod oci_links_need_permission;

use super::Rule;
use crate::variable::{Var, var};

pub(super) static RULES: &[&Rule] = &[
    &oci_auth_type_missing::OCI_AUTH_TYPE_MISSING,
    &oci_config_file_missing::OCI_CONFIG_FILE_MISSING,
    &oci_links_need_permission::OCI_LINKS_NEED_PERMISSION,
    &oci_endpoint_not_native::OCI_ENDPOINT_NOT_NATIVE,
    &oci_endpoint_not_s3::OCI_ENDPOINT_NOT_S3,
];

const USE_OCI: Var = var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE");

const AUTH_TYPE: Var = var("LANGFUSE_OCI_AUTH_TYPE");
