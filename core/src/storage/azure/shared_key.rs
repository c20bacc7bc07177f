//! The signature of a request in its `Authorization` header.
//!
//! Source: Azure Storage REST API, "Authorize with Shared Key", for versions from 2015-02-21 on.

use super::Credentials;
use crate::order;

/// The headers with a fixed place in the signature, in that order; `x-ms-` headers follow by name.
const PLACED: [&str; 11] = [
    "content-language",
    "content-encoding",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Signable<'a> {
    /// The method, in uppercase.
    pub method: &'a str,
    /// The path as it will be sent, percent-encoded.
    pub path: &'a str,
    /// The query's names, in lowercase, and values, not encoded.
    pub query: &'a [(&'a str, &'a str)],
    /// The headers that will be sent, names in lowercase. Others than Azure's own and those that change what is
    /// read or written are left out of the signature.
    pub headers: &'a [(&'a str, &'a str)],
}

/// `SharedKey account:signature`.
#[must_use]
pub fn authorization(request: &Signable<'_>, credentials: &Credentials) -> String {
    let signature = credentials.key().sign(&string_to_sign(request, credentials.account()));
    format!("SharedKey {}:{signature}", credentials.account())
}

/// The string to sign.
#[must_use]
pub fn string_to_sign(request: &Signable<'_>, account: &str) -> String {
    let mut out = String::with_capacity(512);
    out.push_str(request.method);
    for name in PLACED {
        out.push('\n');
        let value = request.headers.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value);
        // Since version 2015-02-21 a length of zero is signed as empty.
        if name != "content-length" || value != "0" {
            out.push_str(value);
        }
    }
    out.push('\n');
    let mut own: Vec<_> = request.headers.iter().filter(|(name, _)| name.starts_with("x-ms-")).collect();
    order::sort_by(&mut own, |(a, _), (b, _)| letters(a).cmp(letters(b)));
    for (name, value) in own {
        for part in [name, ":", value, "\n"] {
            out.push_str(part);
        }
    }
    // The account appears twice if it's also the path's first segment.
    for part in ["/", account, request.path] {
        out.push_str(part);
    }
    let mut query: Vec<_> = request.query.iter().collect();
    order::sort(&mut query);
    for (name, value) in query {
        for part in ["\n", name, ":", value] {
            out.push_str(part);
        }
    }
    out
}

/// Azure sorts names like .NET sorts words, ignoring dashes.
fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    name.bytes().filter(|b| *b != b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: (&str, &str) = ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
    const VERSION: (&str, &str) = ("x-ms-version", "2015-02-21");

    /// The worked examples of "Authorize with Shared Key".
    #[test]
    fn follows_the_documented_examples() {
        let properties = Signable {
            method: "GET",
            path: "/mycontainer",
            query: &[("restype", "container"), ("comp", "metadata"), ("timeout", "20")],
            headers: &[VERSION, DATE],
        };
        let expected = "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n\
                        /myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20";
        assert_eq!(string_to_sign(&properties, "myaccount"), expected);

        let list = Signable {
            path: "/mycontainer",
            query: &[("restype", "container"), ("comp", "list"), ("include", "metadata,snapshots,uncommittedblobs")],
            ..properties
        };
        let expected =
            "/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container";
        assert!(string_to_sign(&list, "myaccount").ends_with(expected));

        // In the emulator the account comes twice.
        let emulated = Signable { path: "/myaccount/mycontainer", ..properties };
        assert!(string_to_sign(&emulated, "myaccount").contains("\n/myaccount/myaccount/mycontainer\n"));
    }

    #[test]
    fn headers_have_their_places() {
        let request = Signable {
            method: "PUT",
            path: "/c/a%20b",
            query: &[],
            headers: &[
                ("content-length", "0"),
                ("if-none-match", "*"),
                ("content-md5", "md5"),
                ("user-agent", "x"),
                ("x-ms-blob-type", "BlockBlob"),
                ("x-ms-blob-content-type", "text/plain"),
                DATE,
            ],
        };
        let expected = "PUT\n\n\n\nmd5\n\n\n\n\n*\n\n\nx-ms-blob-content-type:text/plain\nx-ms-blob-type:BlockBlob\n\
                        x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n/acct/c/a%20b";
        assert_eq!(string_to_sign(&request, "acct"), expected);
        let longer = Signable { headers: &[("content-length", "10"), ("range", "bytes=0-1")], ..request };
        assert!(string_to_sign(&longer, "acct").starts_with("PUT\n\n\n10\n\n\n\n\n\n\n\nbytes=0-1\n/acct"));
    }
}
