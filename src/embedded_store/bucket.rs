//! One bucket: its directory, its index of objects and its multipart uploads.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use s3s::{S3Error, S3ErrorCode, S3Result};
use serde::{Deserialize, Serialize};

use super::clock;
use super::conditions::WriteConditions;
use super::disk::{self, TempFile};
use super::error::{self, internal};
use super::record::Object;
use super::upload::Upload;

const RECORD_FILE: &str = "bucket.json";
const OBJECTS_DIR: &str = "objects";
const METADATA_SUFFIX: &str = ".json";
const UPLOADS_DIR: &str = "uploads";

#[derive(Serialize, Deserialize)]
struct Record {
    /// Milliseconds since the Unix epoch.
    created_ms: u64,
}

/// A bucket, shared by all requests to it.
#[derive(Debug)]
pub(super) struct Bucket {
    pub name: String,
    /// Milliseconds since the Unix epoch.
    pub created_ms: u64,
    dir: PathBuf,
    state: Mutex<State>,
}

/// Uploads in the order S3 lists them: by key, then by age, as upload IDs sort by age.
pub(super) type Uploads = BTreeMap<(String, String), Arc<Upload>>;

#[derive(Debug, Default)]
struct State {
    // A writer may still hold a deleted bucket while a new one of the same name exists.
    deleted: bool,
    objects: BTreeMap<String, Arc<Object>>,
    uploads: Uploads,
}

impl Bucket {
    /// Creates the directory of a new bucket.
    pub(super) fn create(dir: PathBuf, name: &str) -> io::Result<Self> {
        let created_ms = clock::now_ms();
        disk::create_dir(&dir.join(OBJECTS_DIR))?;
        disk::create_dir(&dir.join(UPLOADS_DIR))?;
        disk::write_json(&dir.join(RECORD_FILE), &Record { created_ms })?;
        Ok(Self { name: name.to_owned(), created_ms, dir, state: Mutex::default() })
    }

    /// Loads a bucket and removes what a crash left half-written. Files that can't be read are added to
    /// `damaged` and stay as they are.
    pub(super) fn load(dir: PathBuf, name: &str, damaged: &mut Vec<PathBuf>) -> io::Result<Self> {
        disk::create_dir(&dir.join(OBJECTS_DIR))?;
        disk::create_dir(&dir.join(UPLOADS_DIR))?;
        disk::names_without_stale(&dir)?;
        let record = dir.join(RECORD_FILE);
        let created_ms = if let Ok(Record { created_ms }) = disk::read_json(&record) {
            created_ms
        } else {
            let created_ms = clock::now_ms();
            disk::write_json(&record, &Record { created_ms })?;
            created_ms
        };
        let state = State {
            deleted: false,
            objects: load_objects(&dir.join(OBJECTS_DIR), damaged)?,
            uploads: load_uploads(&dir.join(UPLOADS_DIR), damaged)?,
        };
        Ok(Self { name: name.to_owned(), created_ms, dir, state: Mutex::new(state) })
    }

    /// The directory of objects and their temporary files.
    pub(super) fn objects_dir(&self) -> PathBuf {
        self.dir.join(OBJECTS_DIR)
    }

    /// Lets `look` read the index of objects.
    pub(super) fn objects<R>(&self, look: impl FnOnce(&BTreeMap<String, Arc<Object>>) -> R) -> R {
        look(&disk::lock(&self.state).objects)
    }

    /// Lets `look` read the multipart uploads.
    pub(super) fn uploads<R>(&self, look: impl FnOnce(&Uploads) -> R) -> R {
        look(&disk::lock(&self.state).uploads)
    }

    /// The object at `key`, or `NoSuchKey`.
    pub(super) fn object(&self, key: &str) -> S3Result<Arc<Object>> {
        disk::lock(&self.state).objects.get(key).cloned().ok_or_else(error::no_such_key)
    }

    /// The object at `key` and its bytes, which stay readable even if the object is replaced or deleted meanwhile.
    pub(super) fn open(&self, key: &str) -> S3Result<(Arc<Object>, File)> {
        // Under the lock, so that no writer can remove the file between the lookup and the open.
        let state = disk::lock(&self.state);
        let object = state.objects.get(key).cloned().ok_or_else(error::no_such_key)?;
        let file = File::open(self.objects_dir().join(&object.data_file)).map_err(internal)?;
        Ok((object, file))
    }

    /// Makes an object visible: its bytes in `temp`, the rest in `object`.
    ///
    /// Sets the modification time and the data file's name, and returns the stored object.
    pub(super) fn commit(
        &self,
        temp: TempFile,
        mut object: Object,
        conditions: &WriteConditions,
    ) -> S3Result<Arc<Object>> {
        let dir = self.objects_dir();
        let hash = disk::key_hash(&object.key);
        let mut state = disk::lock(&self.state);
        if state.deleted {
            return Err(error::no_such_bucket());
        }
        let existing = state.objects.get(&object.key).cloned();
        conditions.check(existing.as_deref())?;
        object.last_modified_ms = clock::now_ms();
        object.data_file = format!("{hash}.{}", disk::unique_name());
        let data = dir.join(&object.data_file);
        temp.keep(&data).map_err(internal)?;
        if let Err(source) = disk::write_json(&dir.join(format!("{hash}{METADATA_SUFFIX}")), &object) {
            let _ = fs::remove_file(&data);
            return Err(internal(source));
        }
        let object = Arc::new(object);
        state.objects.insert(object.key.clone(), Arc::clone(&object));
        if let Some(existing) = existing {
            // If this fails, the next start removes the file, because no metadata names it any more.
            let _ = fs::remove_file(dir.join(&existing.data_file));
        }
        Ok(object)
    }

    /// Deletes the object at `key`; a missing object isn't an error.
    pub(super) fn delete(&self, key: &str, conditions: &WriteConditions) -> S3Result<()> {
        let dir = self.objects_dir();
        let mut state = disk::lock(&self.state);
        if state.deleted {
            return Err(error::no_such_bucket());
        }
        conditions.check(state.objects.get(key).map(Arc::as_ref))?;
        let Some(object) = state.objects.get(key) else {
            return Ok(());
        };
        fs::remove_file(dir.join(format!("{}{METADATA_SUFFIX}", disk::key_hash(key)))).map_err(internal)?;
        let _ = fs::remove_file(dir.join(&object.data_file));
        state.objects.remove(key);
        Ok(())
    }

    /// Adds a new multipart upload; `prepare` fills its directory.
    pub(super) fn begin_upload(
        &self,
        id: &str,
        prepare: impl FnOnce(PathBuf) -> io::Result<Upload>,
    ) -> S3Result<Arc<Upload>> {
        let mut state = disk::lock(&self.state);
        if state.deleted {
            return Err(error::no_such_bucket());
        }
        let upload = Arc::new(prepare(self.dir.join(UPLOADS_DIR).join(id)).map_err(internal)?);
        let place = (upload.record.key.clone(), id.to_owned());
        state.uploads.insert(place, Arc::clone(&upload));
        Ok(upload)
    }

    /// The multipart upload `id` of `key`, or `NoSuchUpload`.
    pub(super) fn upload(&self, key: &str, id: &str) -> S3Result<Arc<Upload>> {
        disk::lock(&self.state).uploads.get(&(key.to_owned(), id.to_owned())).cloned().ok_or_else(error::no_such_upload)
    }

    /// Removes a multipart upload and its parts.
    pub(super) fn end_upload(&self, upload: &Upload) -> S3Result<()> {
        let place = (upload.record.key.clone(), upload.record.id.clone());
        disk::lock(&self.state).uploads.remove(&place);
        disk::remove_dir(&upload.dir).map_err(internal)
    }

    /// Removes the bucket's directory and refuses all later writes; `BucketNotEmpty` while it has objects.
    pub(super) fn remove(&self) -> S3Result<()> {
        let mut state = disk::lock(&self.state);
        if !state.objects.is_empty() {
            return Err(S3Error::with_message(
                S3ErrorCode::BucketNotEmpty,
                "The bucket you tried to delete is not empty",
            ));
        }
        disk::remove_dir(&self.dir).map_err(internal)?;
        state.deleted = true;
        state.uploads.clear();
        Ok(())
    }
}

fn load_objects(dir: &Path, damaged: &mut Vec<PathBuf>) -> io::Result<BTreeMap<String, Arc<Object>>> {
    let mut objects = BTreeMap::new();
    let names = disk::names_without_stale(dir)?;
    let mut unreadable = BTreeSet::new();
    let mut in_use = BTreeSet::new();
    for name in &names {
        let Some(hash) = name.strip_suffix(METADATA_SUFFIX) else {
            continue;
        };
        if let Ok(object) = read_object(dir, name, hash) {
            in_use.insert(object.data_file.clone());
            objects.insert(object.key.clone(), Arc::new(object));
        } else {
            unreadable.insert(hash);
            damaged.push(dir.join(name));
        }
    }
    for name in &names {
        let hash = name.split_once('.').map_or(name.as_str(), |(hash, _)| hash);
        // Bytes without metadata are a write that never became visible. Bytes with unreadable metadata may be
        // all that's left of an object.
        if !name.ends_with(METADATA_SUFFIX) && !in_use.contains(name) && !unreadable.contains(hash) {
            fs::remove_file(dir.join(name))?;
        }
    }
    Ok(objects)
}

fn read_object(dir: &Path, name: &str, hash: &str) -> io::Result<Object> {
    let object: Object = disk::read_json(&dir.join(name))?;
    let own_data = object
        .data_file
        .strip_prefix(hash)
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
    // The check on the name also stops a tampered metadata file from pointing outside the directory.
    if !own_data || disk::key_hash(&object.key) != hash {
        return Err(io::ErrorKind::InvalidData.into());
    }
    if fs::metadata(dir.join(&object.data_file))?.len() != object.size {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(object)
}

fn load_uploads(dir: &Path, damaged: &mut Vec<PathBuf>) -> io::Result<Uploads> {
    let mut uploads = Uploads::new();
    for id in disk::names_without_stale(dir)? {
        match Upload::load(dir.join(&id), &id) {
            Ok(upload) => {
                uploads.insert((upload.record.key.clone(), id), Arc::new(upload));
            }
            Err(_) => damaged.push(dir.join(id)),
        }
    }
    Ok(uploads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded_store::checksum::Checksums;
    use crate::embedded_store::disk::tests::Scratch;
    use crate::embedded_store::record::StoredHeaders;
    use std::io::{Read as _, Write as _};

    fn put(bucket: &Bucket, key: &str, content: &str) {
        let mut temp = TempFile::create(&bucket.objects_dir()).unwrap();
        temp.write_all(content.as_bytes()).unwrap();
        let object = Object {
            key: key.to_owned(),
            size: u64::try_from(content.len()).unwrap(),
            etag: String::new(),
            last_modified_ms: 0,
            data_file: String::new(),
            headers: StoredHeaders::default(),
            checksums: Checksums::default(),
            checksum_kind: None,
            part_sizes: Vec::new(),
        };
        bucket.commit(temp, object, &WriteConditions::default()).unwrap();
    }

    fn get(bucket: &Bucket, key: &str) -> String {
        let (_, mut file) = bucket.open(key).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn odd_keys_survive_a_reload() {
        let scratch = Scratch::new();
        let dir = scratch.0.join("b");
        let bucket = Bucket::create(dir.clone(), "b").unwrap();
        let long = "k".repeat(1024);
        let keys = ["n", "n/m", "a+b", "a%2Fb", "a b", "..", "../x", "/", "\"'<&>", "\u{1F600}", "\u{65E5}", &long];
        for key in keys {
            put(&bucket, key, key);
        }
        put(&bucket, "n", "second");
        drop(bucket);
        let mut damaged = Vec::new();
        let bucket = Bucket::load(dir, "b", &mut damaged).unwrap();
        assert!(damaged.is_empty());
        assert_eq!(bucket.objects(BTreeMap::len), keys.len());
        for key in &keys[1..] {
            assert_eq!(get(&bucket, key), *key);
        }
        assert_eq!(get(&bucket, "n"), "second");
        assert_eq!(fs::read_dir(bucket.objects_dir()).unwrap().count(), keys.len() * 2);
    }

    #[test]
    fn leftovers_go_and_damage_stays() {
        let scratch = Scratch::new();
        let dir = scratch.0.join("b");
        let bucket = Bucket::create(dir.clone(), "b").unwrap();
        put(&bucket, "good", "1");
        put(&bucket, "bad", "2");
        let objects = bucket.objects_dir();
        let bad = objects.join(format!("{}.json", disk::key_hash("bad")));
        fs::write(&bad, b"{").unwrap();
        fs::write(objects.join(format!("{}.00", disk::key_hash("never"))), b"3").unwrap();
        fs::write(objects.join(".tmp-4"), b"4").unwrap();
        let mut damaged = Vec::new();
        let bucket = Bucket::load(dir, "b", &mut damaged).unwrap();
        assert_eq!(damaged, [bad]);
        assert_eq!(bucket.objects(|o| o.keys().cloned().collect::<Vec<_>>()), ["good"]);
        assert_eq!(fs::read_dir(objects).unwrap().count(), 4);
    }

    #[test]
    fn a_data_file_cannot_point_elsewhere() {
        let scratch = Scratch::new();
        let dir = scratch.0.join("b");
        let bucket = Bucket::create(dir.clone(), "b").unwrap();
        put(&bucket, "k", "1");
        let path = bucket.objects_dir().join(format!("{}.json", disk::key_hash("k")));
        let mut object: Object = disk::read_json(&path).unwrap();
        object.data_file = format!("{}.0/../../../../etc/passwd", disk::key_hash("k"));
        disk::write_json(&path, &object).unwrap();
        let mut damaged = Vec::new();
        let bucket = Bucket::load(dir, "b", &mut damaged).unwrap();
        assert_eq!(damaged, [path]);
        assert!(bucket.open("k").is_err());
    }

    #[test]
    fn a_reader_keeps_what_it_opened() {
        let scratch = Scratch::new();
        let bucket = Bucket::create(scratch.0.join("b"), "b").unwrap();
        put(&bucket, "k", "old");
        let (_, mut file) = bucket.open("k").unwrap();
        put(&bucket, "k", "new");
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "old");
        assert_eq!(get(&bucket, "k"), "new");
    }

    #[test]
    fn writers_at_once_leave_one_whole_object() {
        let scratch = Scratch::new();
        let bucket = Bucket::create(scratch.0.join("b"), "b").unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4_u8 {
                let bucket = &bucket;
                scope.spawn(move || {
                    for _ in 0..25 {
                        put(bucket, "k", &char::from(b'a' + writer).to_string().repeat(1000));
                        let (object, _) = bucket.open("k").unwrap();
                        assert_eq!(object.size, 1000);
                    }
                });
            }
        });
        let text = get(&bucket, "k");
        assert!(text.bytes().all(|b| Some(b) == text.bytes().next()));
        assert_eq!(fs::read_dir(bucket.objects_dir()).unwrap().count(), 2);
    }

    #[test]
    fn a_removed_bucket_refuses_writes() {
        let scratch = Scratch::new();
        let bucket = Bucket::create(scratch.0.join("b"), "b").unwrap();
        put(&bucket, "k", "1");
        assert!(bucket.remove().is_err());
        bucket.delete("k", &WriteConditions::default()).unwrap();
        bucket.remove().unwrap();
        assert!(bucket.delete("k", &WriteConditions::default()).is_err());
        assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 0);
    }
}
