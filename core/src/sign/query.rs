//! Step 4, second variant: the signature in the query, which makes a presigned URL.

use super::canonical_request::{self, Headers, Query};
use super::{ALGORITHM, Credentials, KeyCache, Scope, SignError, Signable, check, string_to_sign};
use crate::text::secret::Secret;

/// The longest validity of a presigned URL, in seconds: seven days. Source: Amazon S3 API reference, `X-Amz-Expires`.
pub const LONGEST: u32 = 604_800;

const SIGNATURE: &str = "X-Amz-Signature";

/// Signs `request` for `expires` seconds and returns its whole query, sorted, without `?`. Zero makes a URL that
/// expires at once, as in the AWS SDK. A client of the URL must send every header of `request` with the same value.
///
/// # Errors
/// [`SignError::Expiry`] above [`LONGEST`]; otherwise if a part of the request is invalid.
pub fn sign(
    request: &Signable<'_>,
    expires: u32,
    scope: &Scope<'_>,
    credentials: &Credentials,
    keys: &mut KeyCache,
) -> Result<String, SignError> {
    if expires > LONGEST {
        return Err(SignError::Expiry(u64::from(expires)));
    }
    check(credentials, scope)?;
    let headers = Headers::new(request, &[])?;
    let mut query = Query::new(request.query);
    let mut date_time = String::with_capacity(16);
    scope.at.push_date_time(&mut date_time);
    let mut value = String::with_capacity(128);
    query.add("X-Amz-Algorithm", ALGORITHM);
    value.push_str(&credentials.access_key_id);
    value.push('/');
    scope.push(&mut value, &date_time);
    query.add("X-Amz-Credential", &value);
    query.add("X-Amz-Date", &date_time);
    query.add("X-Amz-Expires", &expires.to_string());
    if let Some(token) = credentials.session_token.as_ref().filter(|t| !t.is_empty()) {
        query.add("X-Amz-Security-Token", Secret::expose(token));
    }
    value.clear();
    headers.push_names(&mut value, ";");
    query.add("X-Amz-SignedHeaders", &value);

    let canonical = canonical_request::build(request, &query, &headers)?;
    let to_sign = string_to_sign::build(scope, &date_time, &canonical);
    let signature = keys.key(&credentials.secret, scope).sign(&to_sign);
    query.add(SIGNATURE, &signature);
    let mut out = String::with_capacity(768);
    query.push(&mut out);
    Ok(out)
}
