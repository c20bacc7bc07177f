//! The steps: their names, in the order of reports. What a step does is in its row, in `steps/`.

/// Declares [`Step`].
macro_rules! steps {
    ($($step:ident $name:literal,)+) => {
        /// A step of the doctor.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DoctorStep"))]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "the rows say what each checks")]
        pub enum Step {
            $($step,)+
        }

        impl Step {
            /// Every step, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$step,)+];

            /// Its name in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$step => $name,)+
                }
            }
        }
    };
}

steps! {
    Configuration "configuration",
    Resolve "resolve",
    Connect "connect",
    Tls "tls",
    Server "server",
    Clock "clock",
    Identity "identity",
    Region "region",
    Bucket "bucket",
    MissingKey "missing-key",
    List "list",
    DeleteRight "delete-right",
    Put "put",
    Get "get",
    OddKey "odd-key",
    LongKey "long-key",
    Parts "parts",
    Abort "abort",
    LinkHost "link-host",
    LinkResolve "link-resolve",
    LinkConnect "link-connect",
    LinkTls "link-tls",
    LinkGet "link-get",
    LinkPut "link-put",
    LinkChecksum "link-checksum",
    Cors "cors",
    Csp "csp",
    PublicAccess "public-access",
    Versioning "versioning",
    Lifecycle "lifecycle",
    Encryption "encryption",
    ObjectLock "object-lock",
    Delete "delete",
    Cleanup "cleanup",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json() {
        for step in Step::ALL {
            assert_eq!(serde_json::to_value(step).unwrap(), step.name());
        }
    }
}
