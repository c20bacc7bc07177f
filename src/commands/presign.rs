//! `presign get` and `presign put`: presigned URLs.

use langfuse_blob_core::config::endpoint::Endpoint;
use langfuse_blob_core::object::media::Sha256;
use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::access::Place;
use langfuse_blob_core::storage::presign::{Disposition, Operation, Upload};
use langfuse_blob_core::text::base64;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::{Map, Value, json};

use super::{Done, Failure};
use crate::cli::{Link, PresignGet, PresignPut};
use crate::client::Session;
use crate::exit::Exit;
use crate::output::{eprint_line, note, print, print_json};

/// Seven days, in seconds: the maximum of Signature Version 4.
const LONGEST: u64 = 604_800;

/// Runs `presign get`.
pub fn get(args: &PresignGet) -> Done {
    let disposition = match args.attachment.as_deref() {
        None => Disposition::Inline,
        Some("") => Disposition::Attachment,
        Some(name) => Disposition::AttachmentNamed(name),
    };
    let wanted = Wanted::new(&args.link)?;
    wanted.print(&Operation::Get { disposition }, &[])?;
    Ok(Exit::Clean)
}

/// Runs `presign put`.
pub fn put(args: &PresignPut) -> Done {
    let sha256 = args.sha256.as_deref().map(digest).transpose()?;
    let wanted = Wanted::new(&args.link)?;
    let upload = Upload {
        content_type: args.content_type.as_deref(),
        content_length: args.content_length,
        sha256: sha256.as_deref(),
        encryption: wanted.session.access.encryption(),
    };
    let length = args.content_length.map(|n| n.to_string());
    let on_azure = wanted.session.access.place.is_azure();
    let headers = if on_azure {
        vec![("x-ms-blob-type", "BlockBlob".to_owned())]
    } else {
        let bound = [
            ("content-type", args.content_type.as_deref()),
            ("content-length", length.as_deref()),
            ("x-amz-checksum-sha256", sha256.as_deref()),
            ("x-amz-server-side-encryption", upload.encryption.sse),
        ];
        bound.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))).collect()
    };
    wanted.print(&Operation::Put(upload), &headers)?;
    if on_azure && (args.content_length.is_some() || sha256.is_some()) {
        eprint_line("warning: Azure links don't restrict length or checksum: any body is accepted");
    }
    Ok(Exit::Clean)
}

/// Why a remote browser can't reach `host`. `public`: users open Langfuse under a public name.
pub fn unreachable(host: &str, public: bool) -> Option<&'static str> {
    let url = format!("http://{host}");
    let endpoint = Endpoint::parse(&url).ok()?;
    match () {
        () if endpoint.is_loopback() => public.then_some("always means the local machine"),
        () if endpoint.is_internal() => Some("resolves only inside the deployment's network"),
        () if endpoint.is_private() => Some("is a private address"),
        () => None,
    }
}

/// A SHA-256 in base64 or hexadecimal, as base64.
fn digest(text: &str) -> Result<String, Failure> {
    let hexadecimal = || {
        let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
        let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
        bytes.filter(|bytes| text.len() == 64 && bytes.len() == 32).map(|bytes| base64::encode(&bytes))
    };
    let given = Sha256::parse(text).map(|hash| hash.base64()).ok();
    given.or_else(hexadecimal).ok_or_else(|| {
        Failure::usage(format!("--sha256 {text:?} isn't a SHA-256"))
            .help("Write it in base64 (44 characters) or in hexadecimal digits (64).")
    })
}

/// A requested link.
struct Wanted<'a> {
    link: &'a Link,
    session: Session,
    at: Timestamp,
    expires: u32,
}

impl<'a> Wanted<'a> {
    fn new(link: &'a Link) -> Result<Self, Failure> {
        let session = Session::new(&link.sources, None, link.use_case, Containers::WEB)?;
        let on_s3 = matches!(session.access.place, Place::S3 { .. });
        let longest = if on_s3 { LONGEST } else { u64::from(u32::MAX) };
        let expires = u32::try_from(link.expires).ok().filter(|e| *e > 0 && u64::from(*e) <= longest);
        let expires = expires.ok_or_else(|| {
            let failure =
                Failure::usage(format!("--expires {} is out of range; expected 1 to {longest} seconds", link.expires));
            if on_s3 {
                failure.help("Signature Version 4 limits links to seven days (604800 seconds).")
            } else {
                failure
            }
        })?;
        let at = match &link.date {
            None => session.time()?,
            Some(text) => Timestamp::parse(text).map_err(|e| Failure::usage(format!("--date {text:?}: {e}")))?,
        };
        Ok(Self { link, session, at, expires })
    }

    /// As `--json` prints it.
    fn document(&self, url: &str, is_upload: bool, headers: &[(&str, String)]) -> Value {
        let mut expires = String::new();
        if let Ok(at) = Timestamp::from_unix(self.at.unix().saturating_add(self.expires.into())) {
            at.push_rfc3339(&mut expires);
        }
        let headers: Map<String, Value> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        json!({
            "version": 1, "bucket": self.session.access.place.bucket(), "key": self.link.key,
            "method": if is_upload { "PUT" } else { "GET" }, "url": url, "expires": expires, "headers": headers,
        })
    }

    /// Prints the URL. `headers` must be sent with it.
    fn print(&self, operation: &Operation<'_>, headers: &[(&str, String)]) -> Result<(), Failure> {
        let Self { session, at, expires, .. } = self;
        let url = session.run_simply(session.link(&self.link.key, operation, *expires, *at))?;
        if self.link.json {
            print_json(&self.document(&url, matches!(operation, Operation::Put(_)), headers))?;
        } else {
            print(&format!("{url}\n"))?;
            let bound: Vec<String> = headers.iter().map(|(name, value)| format!("`{name}: {value}`")).collect();
            if !bound.is_empty() {
                note(format!("note: the upload must send {}", bound.join(", ")));
            }
        }
        let end = session.run_simply(session.credentials_end())?;
        let link_end = at.unix().saturating_add(u64::from(*expires));
        match end {
            Some(end) if end.unix() < link_end => {
                let mut time = String::new();
                end.push_rfc3339(&mut time);
                eprint_line(format!(
                    "warning: the link stops working at {time}, when the credentials that signed it expire"
                ));
            }
            None if session.is_temporary() => {
                eprint_line(
                    "warning: the link stops working when the session that signed it expires, which may be sooner",
                );
            }
            _ => {}
        }
        let host = session.access.place.link_host();
        if let Some(why) = unreachable(host, session.settings.public) {
            eprint_line(format!("warning: {} {why}; browsers on other machines can't open this link", escaped(host)));
        }
        Ok(())
    }
}
