//! Presigned links per second, on one thread, with the signing key kept: `cargo bench -p langfuse-blob-core --bench
//! presign`.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use langfuse_blob_core::sign::{Credentials, KeyCache, Timestamp};
use langfuse_blob_core::storage::presign::{Disposition, Operation, Request, Upload, presign, presign_at};
use langfuse_blob_core::storage::{Encryption, Signer, Target};
use langfuse_blob_core::text::secret::Secret;

fn measure(what: &str, mut once: impl FnMut() -> String) {
    // Long enough to leave the first, slower rounds behind; the best of five windows is the least disturbed one.
    let mut best = 0_f64;
    for _ in 0..5 {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_millis(400) {
            for _ in 0..256 {
                black_box(once());
            }
            count = count.wrapping_add(256);
        }
        best = best.max(f64::from(count) / start.elapsed().as_secs_f64());
    }
    println!("{what}: {best:.0} links a second");
}

fn main() {
    let credentials = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        session_token: None,
    };
    let at = Timestamp::parse("2026-01-31T08:00:00Z").unwrap();
    let key = "media/clxyz0123456789abcdefghij/AbCdEfGhIjKlMnOpQrStUv.png";
    let target = Target::new(Some("http://minio:9000"), "us-east-1", "langfuse", true).unwrap();
    let get = Operation::Get { disposition: Disposition::Inline };
    let put = Operation::Put(Upload {
        content_type: Some("image/png"),
        content_length: Some(123_456),
        sha256: Some("GUCya0KthnABcMSY/ujxP9ZDiTq7wBkURz1oAMgKdAg="),
        encryption: Encryption::default(),
    });
    let mut keys = KeyCache::new();
    for (what, operation) in [("get, target and key kept", &get), ("put, target and key kept", &put)] {
        measure(what, || {
            let mut signer = Signer { credentials: &credentials, keys: &mut keys, at };
            presign_at(&target, black_box(key), operation, 3600, &mut signer).unwrap()
        });
    }
    let request = Request {
        operation: get,
        endpoint: Some("http://minio:9000"),
        region: "us-east-1",
        bucket: "langfuse",
        key,
        force_path_style: true,
        credentials: &credentials,
        expires_in: 3600,
        at,
    };
    measure("get, key kept", || presign(black_box(&request), &mut keys).unwrap());
    measure("get, nothing kept", || presign(black_box(&request), &mut KeyCache::new()).unwrap());
}
