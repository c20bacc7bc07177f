//! Prints, as JSON, what the credential chain finds in this process's environment:
//! `cargo run --example credentials [REGION]`. Secrets are printed as digests, enough to compare with another SDK.
//! `--who` also gets the caller identity from STS; `--twice` looks the credentials up again with the same chain.
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use langfuse_blob::credentials::{Chain, Issued, Trust, Variables};
use langfuse_blob::transport::{Options, Transport};
use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::text::secret::Secret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(found) => {
            println!("{found}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Value, Box<dyn Error>> {
    let (flags, words): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|a| a.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|f| f == flag);
    let transport = Transport::new(&Options::default())?;
    let shell = |name: &str| std::env::var(name).ok();
    let variables = Variables { file: &|_| None, process: &shell, trust: Trust::Data };
    let chain = Chain::new(&variables, words.first().map(String::as_str), &transport)?;
    let issued = chain.credentials().await?;
    let mut found = shown(&issued);
    if let Value::Object(fields) = &mut found {
        fields.insert("region".into(), chain.region().await.into());
        if has("--twice") {
            let second = chain.credentials().await?;
            fields.insert("again".into(), second.credentials.access_key_id.into());
        }
        if has("--who") {
            let who = chain.caller_identity(&issued.credentials).await?;
            fields.insert("account".into(), who.account.into());
            fields.insert("arn".into(), who.arn.into());
        }
    }
    Ok(found)
}

fn shown(issued: &Issued) -> Value {
    let digest = |secret: &Secret| -> String {
        Sha256::digest(secret.expose().as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
    };
    let credentials = &issued.credentials;
    json!({
        "source": issued.source.to_string(),
        "accessKeyId": credentials.access_key_id,
        "secret": digest(&credentials.secret),
        "token": credentials.session_token.as_ref().map(digest),
        "expires": issued.expires.map(Timestamp::unix),
    })
}
