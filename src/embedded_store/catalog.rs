//! The buckets of a data directory and the operations on buckets.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use s3s::dto::{
    self, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput,
    GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput,
    ListBucketsOutput, Owner,
};
use s3s::path::check_bucket_name;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::bucket::Bucket;
use super::clock;
use super::disk;
use super::error::{self, Error, internal};
use super::listing::{self, Entry, Query};
use super::unsupported;

const BUCKETS_DIR: &str = "buckets";
const LOCK_FILE: &str = "lock";
const OWNER: &str = "local";

// us-east-1 predates S3's regions: its location is empty, and creating a bucket twice isn't an error there.
const FIRST_REGION: &str = "us-east-1";

/// All buckets of one store.
#[derive(Debug)]
pub(super) struct Catalog {
    dir: PathBuf,
    pub region: String,
    buckets: Mutex<BTreeMap<String, Arc<Bucket>>>,
    // Held for as long as the store is open: two indexes of one directory would diverge.
    _lock: File,
}

impl Catalog {
    /// Loads the buckets in `data_dir` and creates those of `names` that are missing. Also returns the files
    /// that couldn't be read.
    pub(super) fn open(data_dir: &Path, region: String, names: &[String]) -> Result<(Self, Vec<PathBuf>), Error> {
        let dir = data_dir.join(BUCKETS_DIR);
        disk::create_dir(&dir).map_err(|source| Error::io(&dir, source))?;
        let lock = take_lock(data_dir)?;
        let mut damaged = Vec::new();
        let mut buckets = BTreeMap::new();
        for name in disk::names_without_stale(&dir).map_err(|source| Error::io(&dir, source))? {
            let path = dir.join(&name);
            if !check_bucket_name(&name) {
                damaged.push(path);
                continue;
            }
            let bucket = Bucket::load(path.clone(), &name, &mut damaged).map_err(|source| Error::io(&path, source))?;
            buckets.insert(name, Arc::new(bucket));
        }
        for name in names {
            if !check_bucket_name(name) {
                return Err(Error::BucketName(name.clone()));
            }
            if !buckets.contains_key(name) {
                let path = dir.join(name);
                let bucket = Bucket::create(path.clone(), name).map_err(|source| Error::io(&path, source))?;
                buckets.insert(name.clone(), Arc::new(bucket));
            }
        }
        let catalog = Self { dir, region, buckets: Mutex::new(buckets), _lock: lock };
        Ok((catalog, damaged))
    }

    /// The bucket of that name, or `NoSuchBucket`.
    pub(super) fn bucket(&self, name: &str) -> S3Result<Arc<Bucket>> {
        disk::lock(&self.buckets).get(name).cloned().ok_or_else(error::no_such_bucket)
    }

    fn create(&self, name: &str) -> S3Result<()> {
        // s3s checks names in request paths; this protects the directory from names that come any other way.
        if !check_bucket_name(name) {
            return Err(S3Error::with_message(S3ErrorCode::InvalidBucketName, "The specified bucket is not valid."));
        }
        let mut buckets = disk::lock(&self.buckets);
        if buckets.contains_key(name) {
            if self.region == FIRST_REGION {
                return Ok(());
            }
            return Err(S3Error::with_message(
                S3ErrorCode::BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it.",
            ));
        }
        let bucket = Bucket::create(self.dir.join(name), name).map_err(internal)?;
        buckets.insert(name.to_owned(), Arc::new(bucket));
        Ok(())
    }

    fn delete(&self, name: &str) -> S3Result<()> {
        let mut buckets = disk::lock(&self.buckets);
        let bucket = buckets.get(name).ok_or_else(error::no_such_bucket)?;
        bucket.remove()?;
        buckets.remove(name);
        Ok(())
    }
}

fn take_lock(data_dir: &Path) -> Result<File, Error> {
    let path = data_dir.join(LOCK_FILE);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| Error::io(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::InUse(data_dir.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => {
            // Some network file systems don't support locks; the store works there without one.
            if source.kind() == io::ErrorKind::Unsupported { Ok(file) } else { Err(Error::io(&path, source)) }
        }
    }
}

/// The owner of all buckets and objects: the store has one user.
pub(super) fn owner() -> Owner {
    Owner { display_name: Some(OWNER.to_owned()), id: Some(OWNER.to_owned()) }
}

/// `CreateBucket`.
pub(super) async fn create_bucket(
    catalog: Arc<Catalog>,
    req: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    unsupported::check_headers(&req.headers)?;
    let asked = req
        .input
        .create_bucket_configuration
        .as_ref()
        .and_then(|configuration| configuration.location_constraint.as_ref());
    if let Some(asked) = asked
        && asked.as_str() != catalog.region
    {
        return Err(S3Error::with_message(
            S3ErrorCode::IllegalLocationConstraintException,
            format!(
                "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
                asked.as_str()
            ),
        ));
    }
    let name = req.input.bucket;
    let location = format!("/{name}");
    disk::blocking(move || catalog.create(&name)).await?;
    Ok(S3Response::new(CreateBucketOutput { location: Some(location) }))
}

/// `DeleteBucket`.
pub(super) async fn delete_bucket(
    catalog: Arc<Catalog>,
    req: S3Request<DeleteBucketInput>,
) -> S3Result<S3Response<DeleteBucketOutput>> {
    disk::blocking(move || catalog.delete(&req.input.bucket)).await?;
    Ok(S3Response::new(DeleteBucketOutput::default()))
}

/// `HeadBucket`.
pub(super) fn head_bucket(
    catalog: &Catalog,
    req: &S3Request<HeadBucketInput>,
) -> S3Result<S3Response<HeadBucketOutput>> {
    catalog.bucket(&req.input.bucket)?;
    Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(catalog.region.clone()), ..HeadBucketOutput::default() }))
}

/// `GetBucketLocation`.
pub(super) fn get_bucket_location(
    catalog: &Catalog,
    req: &S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    catalog.bucket(&req.input.bucket)?;
    let constraint = if catalog.region == FIRST_REGION { String::new() } else { catalog.region.clone() };
    Ok(S3Response::new(GetBucketLocationOutput {
        location_constraint: Some(BucketLocationConstraint::from(constraint)),
    }))
}

/// `ListBuckets`.
pub(super) fn list_buckets(
    catalog: &Catalog,
    req: &S3Request<ListBucketsInput>,
) -> S3Result<S3Response<ListBucketsOutput>> {
    let input = &req.input;
    let after = input.continuation_token.as_deref().map(listing::marker).transpose()?;
    let elsewhere = input.bucket_region.as_ref().is_some_and(|region| *region != catalog.region);
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or(""),
        delimiter: "",
        after: after.as_deref(),
        limit: match input.max_buckets {
            _ if elsewhere => 0,
            None => usize::MAX,
            asked => listing::limit(asked, "max-buckets")?,
        },
    };
    let buckets = disk::lock(&catalog.buckets);
    let page = listing::page(&buckets, query);
    let region = input.max_buckets.is_some() || input.bucket_region.is_some();
    let listed = page
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Key(name, bucket) => Some(dto::Bucket {
                name: Some((*name).to_owned()),
                creation_date: Some(clock::timestamp(bucket.created_ms)),
                // S3 returns the region only in paged responses.
                bucket_region: region.then(|| catalog.region.clone()),
            }),
            Entry::CommonPrefix(_) => None,
        })
        .collect();
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(listed),
        owner: Some(owner()),
        prefix: input.prefix.clone(),
        continuation_token: page.next_marker().map(listing::token),
    }))
}
