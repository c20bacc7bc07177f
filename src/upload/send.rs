//! Uploads one object: in a single request or in parts, from memory or from disk, from the start or resumed.

use std::cell::RefCell;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures_util::StreamExt as _;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::{Algorithm, Part, PartNumber};
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::upload::journal::{self, Journal};
use langfuse_blob_core::upload::plan::{self, Limits, Plan};

use super::digest::Digests;
use super::file_range::FileRange;
use super::journal::{JournalFile, Name, Unusable};
use super::progress::{Meter, Progress};
use super::unchanged_file::{Stamp, UnchangedFile, Unread};
use crate::client::{About, Refused, Session, Upload, Write};
use crate::failure::Failure;
use crate::transport::Body;

/// The largest file that is read into memory as a whole: a batch holds some two hundred of them.
pub const SMALL: u64 = 256 * 1024;

/// The context for errors of writes.
pub const PUT: Circumstance = Circumstance { action: Some(Action::Put), presigned: false };

/// Uploads objects.
pub struct Sender<'s> {
    session: &'s Session,
    progress: &'s Progress,
    /// The part size in bytes, if the user set it.
    pub part_size: Option<u64>,
    /// How many parts of an object are in flight.
    pub concurrency: usize,
    /// Whether to resume an earlier upload, and to leave it resumable on Ctrl-C.
    pub resume: bool,
    begun: RefCell<Vec<Begun>>,
}

/// A multipart upload in progress.
#[derive(Clone, Debug)]
struct Begun {
    upload: Upload,
    /// The journal of its parts, if any.
    journal: Option<Name>,
}

/// An uploaded object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// Its `ETag`, without quotes.
    pub etag: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The number of parts; 0 for a single request.
    pub parts: u64,
    /// How many of them the store already had.
    pub resumed: u64,
}

impl<'s> Sender<'s> {
    /// Creates one that sends `concurrency` parts at a time.
    #[must_use]
    pub fn new(session: &'s Session, progress: &'s Progress, concurrency: usize) -> Self {
        Self { session, progress, part_size: None, concurrency, resume: false, begun: RefCell::default() }
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &'s Session {
        self.session
    }

    /// The checksum sent with bodies.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.session.checksum().map(|(algorithm, _)| algorithm)
    }

    /// Aborts the uploads in progress after Ctrl-C. Returns the message.
    pub async fn abort(&self) -> String {
        let begun = self.begun.borrow().clone();
        if begun.is_empty() {
            return "interrupted; no incomplete upload is left at the store".into();
        }
        if self.resume {
            return "interrupted; the incomplete upload stays at the store, and the same command resumes it".into();
        }
        let mut left = Vec::new();
        for Begun { upload, journal } in begun {
            match self.session.abort_surely(&upload).await {
                Ok(()) => forget(journal.as_ref(), &self.session.access.place.limits()),
                Err(why) => left.push((upload.key, why.message)),
            }
        }
        let Some((key, why)) = left.first() else {
            return "interrupted; the upload was aborted, and nothing of it is left at the store".into();
        };
        let more = match left.len() {
            1 => String::new(),
            count => format!(" (and {} others)", count.saturating_sub(1)),
        };
        format!("interrupted; can't abort the upload of {}{more}: {why}", escaped(key))
    }

    /// Uploads `bytes`, whose digests are known.
    ///
    /// # Errors
    /// One sentence.
    pub async fn small(&self, key: &str, content_type: &str, bytes: Bytes, digests: &Digests) -> Result<Done, Failure> {
        let length = bytes.len() as u64;
        let Digests { payload, checksum, .. } = digests;
        let write = Write { key, content_type, length, payload, checksum: checksum.as_ref() };
        let etag = self.session.write(&write, || Body::from(bytes.clone())).await;
        let etag = etag.map_err(|e| self.session.failure(e, PUT, About::Object(key)))?;
        Meter::new(self.progress.counters.bytes.clone()).add(length);
        Ok(Done { etag: unquoted(&etag), bytes: length, parts: 0, resumed: 0 })
    }

    /// Uploads the file at `path`, in parts if it is large. It must still be as it was when `seen`.
    ///
    /// # Errors
    /// One sentence.
    pub async fn file(&self, key: &str, content_type: &str, path: &Path, seen: Option<Stamp>) -> Result<Done, Failure> {
        let unreadable = |e: std::io::Error| Failure::of_one(format!("{} can't be read: {e}", path.display()));
        let file = UnchangedFile::open(path).map_err(unreadable)?;
        let length = file.length();
        if seen.is_some_and(|seen| seen != file.stamp()) {
            return Err(changed(path, &file));
        }
        let plan = Plan::new(Some(length), self.part_size, &self.session.access.place.limits());
        let plan = plan.map_err(|e| Failure::of_one(format!("{}: {e}", path.display())))?;
        let modified = file.modified().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        let identity = journal::File {
            path: absolute(path).map_err(unreadable)?,
            length,
            modified: modified.as_nanos().to_string(),
        };
        let outgoing = Outgoing { sender: self, key, content_type, file, identity };
        // Also if a single request would be enough now: the earlier upload may have been of a larger file, or with
        // smaller parts.
        match (outgoing.earlier(plan != Plan::Single).await?, plan) {
            (Earlier::Complete(done), _) => Ok(done),
            (Earlier::Parts(journal, file, parts), _) => outgoing.resume(*journal, file, parts).await,
            (Earlier::None, Plan::Parts { size }) => outgoing.begin(size).await,
            (Earlier::None, Plan::Single) if length <= SMALL => {
                let file = &outgoing.file;
                let bytes = file.read().map_err(|unread| match unread {
                    Unread::Io(error) => unreadable(error),
                    Unread::Changed => changed(path, file),
                })?;
                let digests = Digests::of(&bytes, self.algorithm());
                self.small(key, content_type, bytes.into(), &digests).await
            }
            (Earlier::None, Plan::Single) => self.whole(key, content_type, path, &outgoing.file).await,
        }
    }

    /// Checks that the `length` bytes at `path` may be sent in a single request: with `--resume`, there must be no
    /// earlier upload of a larger file to the same key.
    ///
    /// # Errors
    /// The file has changed.
    pub fn check_resumable(&self, key: &str, path: &Path, length: u64) -> Result<(), Failure> {
        if !self.resume {
            return Ok(());
        }
        let Ok(path) = absolute(path) else { return Ok(()) };
        match self.name(key, &path).find(&self.session.access.place.limits()) {
            Ok(Some((journal, _))) if journal.upload.file.length != length => Err(self.has_changed(key, &path)),
            _ => Ok(()),
        }
    }

    /// The error that the file of an earlier upload has changed.
    fn has_changed(&self, key: &str, path: &str) -> Failure {
        let command = self.session.abort_command(key);
        Failure::failed(format!(
            "{} has changed since the upload started, so its parts don't fit together",
            escaped(path)
        ))
        .help(format!("Upload it without --resume; `{command}` deletes the parts of the earlier upload."))
    }

    /// Uploads a file in a single request.
    async fn whole(&self, key: &str, content_type: &str, path: &Path, file: &UnchangedFile) -> Result<Done, Failure> {
        let (whole, length) = (file.whole(), file.length());
        let digests = match Digests::of_region(whole.clone(), self.algorithm()).await {
            Ok(digests) => digests,
            Err(_) if file.has_changed() => return Err(changed(path, file)),
            Err(e) => return Err(Failure::of_one(format!("{} can't be read: {e}", path.display()))),
        };
        let meter = Meter::new(self.progress.counters.bytes.clone());
        let (payload, checksum) = (&digests.payload, digests.checksum.as_ref());
        let write = Write { key, content_type, length, payload, checksum };
        let etag = self.session.write(&write, || streamed(&whole, &meter)).await;
        let has_changed = file.has_changed();
        match etag {
            // The store has what was read, which may mix old and new content.
            Ok(_) if has_changed => {
                let Failure { message, .. } = changed(path, file);
                Err(Failure::of_one(format!("{message}; the object {} may mix old and new content", escaped(key)))
                    .help("Upload it again when nothing writes to it, or delete the object with `langfuse-blob rm`."))
            }
            Err(_) if has_changed => Err(changed(path, file)),
            Err(refused) => Err(self.session.failure(refused, PUT, About::Object(key))),
            Ok(etag) => Ok(Done { etag: unquoted(&etag), bytes: length, parts: 0, resumed: 0 }),
        }
    }

    fn name(&self, key: &str, path: &str) -> Name {
        let place = &self.session.access.place;
        Name { origin: place.origin(), bucket: place.bucket().to_owned(), key: key.to_owned(), path: path.to_owned() }
    }

    /// Starts a multipart upload, which Ctrl-C aborts.
    pub(super) async fn begin(&self, key: &str, content_type: &str) -> Result<Upload, Failure> {
        let upload = self.session.begin(key, content_type).await;
        let upload = upload.map_err(|e| self.session.failure(e, PUT, About::Object(key)))?;
        self.begun.borrow_mut().push(Begun { upload: upload.clone(), journal: None });
        Ok(upload)
    }

    /// The name of an upload's journal.
    fn noted(&self, upload: &Upload, name: Name) {
        if let Some(begun) = self.begun.borrow_mut().iter_mut().find(|b| b.upload == *upload) {
            begun.journal = Some(name);
        }
    }

    /// An upload has ended: completed, aborted or failed.
    pub(super) fn ended(&self, upload: &Upload) {
        self.begun.borrow_mut().retain(|b| b.upload != *upload);
    }

    /// The progress display.
    #[must_use]
    pub fn progress(&self) -> &'s Progress {
        self.progress
    }
}

/// Removes the journal of an upload that is gone.
fn forget(name: Option<&Name>, limits: &Limits) {
    if let Some(Ok(Some((_, journal)))) = name.map(|name| name.find(limits)) {
        journal.remove();
    }
}

fn absolute(path: &Path) -> std::io::Result<String> {
    Ok(std::path::absolute(path)?.to_string_lossy().into_owned())
}

fn changed(path: &Path, file: &UnchangedFile) -> Failure {
    let failure = file.changed();
    Failure { message: format!("{}: {}", path.display(), failure.message), ..failure }
}

fn streamed(region: &FileRange, meter: &Meter) -> Body {
    meter.restart();
    Body::stream(Some(region.length()), region.stream(meter.clone()))
}

fn unquoted(etag: &str) -> String {
    etag.trim_matches('"').to_owned()
}

/// A file being uploaded in parts.
struct Outgoing<'a, 's> {
    sender: &'a Sender<'s>,
    key: &'a str,
    content_type: &'a str,
    file: UnchangedFile,
    identity: journal::File,
}

/// What an earlier process left.
enum Earlier {
    /// Nothing to resume.
    None,
    /// An upload with these parts.
    Parts(Box<Journal>, JournalFile, Vec<Part>),
    /// The whole object: only the journal wasn't removed.
    Complete(Done),
}

impl Outgoing<'_, '_> {
    /// Resumes an earlier upload that has `parts`.
    async fn resume(&self, journal: Journal, file: JournalFile, parts: Vec<Part>) -> Result<Done, Failure> {
        let upload = Upload { key: self.key.to_owned(), id: journal.upload.upload_id };
        self.sender.begun.borrow_mut().push(Begun { upload: upload.clone(), journal: Some(self.name()) });
        self.send(upload, journal.upload.part_size, Some(file), parts).await
    }

    /// Starts an upload with parts of `size` bytes.
    async fn begin(&self, size: u64) -> Result<Done, Failure> {
        let session = self.sender.session;
        let upload = self.sender.begin(self.key, self.content_type).await?;
        let place = &session.access.place;
        let record = journal::Upload::new(
            place.origin(),
            place.bucket().to_owned(),
            self.key.to_owned(),
            upload.id.clone(),
            size,
            self.identity.clone(),
        );
        let journal = match self.name().begin(&record) {
            Ok(journal) => {
                self.sender.noted(&upload, self.name());
                Some(journal)
            }
            // Without a writable home directory, as in many containers, only --resume is lost.
            Err(unusable @ (Unusable::Io(..) | Unusable::NoHome)) if !self.sender.resume => {
                self.sender.progress.line(&format!("warning: {unusable}, so --resume can't continue this upload"));
                None
            }
            Err(unusable) => {
                let _ = session.abort(self.key, Some(&upload.id)).await;
                self.sender.ended(&upload);
                return Err(Failure::failed(unusable.to_string()));
            }
        };
        self.send(upload, size, journal, Vec::new()).await
    }

    /// Sends the parts of `upload` that `have` lacks, and completes it.
    async fn send(
        &self,
        upload: Upload,
        size: u64,
        journal: Option<JournalFile>,
        have: Vec<Part>,
    ) -> Result<Done, Failure> {
        let session = self.sender.session;
        let length = self.identity.length;
        let resumed = have.len() as u64;
        let counted: u64 = have.iter().map(|part| part.size).sum();
        Meter::new(self.sender.progress.counters.bytes.clone()).add(counted);
        let noted = RefCell::new(journal);
        let sent = self.send_missing(&upload, size, &noted, have).await;
        let mut journal = noted.into_inner();
        if self.file.has_changed() {
            // The parts are from two states of the file: neither this upload nor a later one may complete them.
            let failure = self.abandon(&upload, journal.take()).await;
            self.sender.ended(&upload);
            return Err(failure);
        }
        let done = match sent {
            Ok(parts) => {
                let etag = session.complete(&upload, &parts, self.content_type).await;
                etag.map(|etag| (etag, parts.len() as u64)).map_err(|e| self.failure(e))
            }
            Err(failure) => Err(failure),
        };
        self.sender.ended(&upload);
        let (etag, parts) = done.map_err(|failure| {
            let resume = if journal.is_some() { "--resume continues with them, " } else { "" };
            let stays = format!(
                "The parts that arrived stay at the store: {resume}`{}` deletes them.",
                session.abort_command(self.key)
            );
            let help = failure.help.as_deref().map_or_else(|| stays.clone(), |help| format!("{help} {stays}"));
            failure.help(help)
        })?;
        if let Some(journal) = journal {
            journal.remove();
        }
        Ok(Done { etag: unquoted(&etag), bytes: length, parts, resumed })
    }

    fn failure(&self, refused: Refused) -> Failure {
        self.sender.session.failure(refused, PUT, About::Object(self.key))
    }

    /// Aborts the upload of a file that has changed. Returns the error.
    async fn abandon(&self, upload: &Upload, journal: Option<JournalFile>) -> Failure {
        let session = self.sender.session;
        let failure = changed(Path::new(&self.identity.path), &self.file);
        match session.abort_surely(upload).await {
            Ok(()) => {
                if let Some(journal) = journal {
                    journal.remove();
                }
                Failure { message: format!("{}; nothing of it was kept", failure.message), ..failure }
            }
            Err(Failure { message: why, .. }) => {
                Failure { message: format!("{}; its parts stay at the store: {why}", failure.message), ..failure }
                    .help(format!("`{}` deletes them.", session.abort_command(self.key)))
            }
        }
    }

    /// Sends the parts that aren't in `have`. Returns all parts in order.
    async fn send_missing(
        &self,
        upload: &Upload,
        size: u64,
        journal: &RefCell<Option<JournalFile>>,
        have: Vec<Part>,
    ) -> Result<Vec<Part>, Failure> {
        let count = plan::count(size, self.identity.length);
        let there: std::collections::BTreeSet<u64> = have.iter().map(|part| part.number.get().into()).collect();
        let missing = (1..=count).filter(|number| !there.contains(number));
        let sending = futures_util::stream::iter(missing).map(|number| self.send_part(upload, size, number, journal));
        let mut sending = sending.buffer_unordered(self.sender.concurrency.max(1));
        let mut parts = have;
        while let Some(part) = sending.next().await {
            parts.push(part?);
        }
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    async fn send_part(
        &self,
        upload: &Upload,
        size: u64,
        number: u64,
        journal: &RefCell<Option<JournalFile>>,
    ) -> Result<Part, Failure> {
        let region = self.region(number, size)?;
        let number = PartNumber::new(number).ok_or_else(|| Failure::failed(format!("there is no part {number}")))?;
        let digests = self.digests(region.clone()).await?;
        let meter = Meter::new(self.sender.progress.counters.bytes.clone());
        let (payload, checksum) = (&digests.payload, digests.checksum.as_ref());
        let session = self.sender.session;
        let part = session
            .send_part(upload, number, region.length(), payload, checksum, || streamed(&region, &meter))
            .await
            .map_err(|e| self.failure(e))?;
        let line = journal::Part {
            part: number.get().into(),
            etag: part.etag.clone(),
            sha256: payload.as_str().to_owned(),
            checksum: part.checksum.as_ref().map(|c| c.value().to_owned()),
        };
        let noted = journal.borrow_mut().as_mut().map_or(Ok(()), |journal| journal.add(&line));
        match noted {
            Ok(()) => {}
            Err(e) if self.sender.resume => {
                return Err(Failure::failed(format!("can't write the upload's resume state: {e}")));
            }
            // The upload itself matters more. An unrecorded part is still recognized by its length and checksum.
            Err(e) => {
                journal.take();
                let progress = self.sender.progress;
                progress.line(&format!("warning: can't write the upload's resume state any more: {e}"));
            }
        }
        Ok(part)
    }

    fn region(&self, number: u64, size: u64) -> Result<FileRange, Failure> {
        let stretch = u32::try_from(number).ok().and_then(|n| plan::part(n, size, self.identity.length));
        let (first, length) = stretch.ok_or_else(|| Failure::failed(format!("the file has no part {number}")))?;
        Ok(FileRange::new(self.file.file(), first, length))
    }

    async fn digests(&self, region: FileRange) -> Result<Digests, Failure> {
        let digests = Digests::of_region(region, self.sender.algorithm()).await;
        digests.map_err(|e| Failure::of_one(format!("{} can't be read: {e}", self.identity.path)))
    }

    fn name(&self) -> Name {
        self.sender.name(self.key, &self.identity.path)
    }

    /// What an earlier process left, checked against the file and the store. `in_parts`: the file would be sent in
    /// parts now.
    async fn earlier(&self, in_parts: bool) -> Result<Earlier, Failure> {
        let session = self.sender.session;
        let found = match self.name().find(&session.access.place.limits()) {
            Ok(found) => found,
            Err(Unusable::Io(..) | Unusable::NoHome) if !self.sender.resume || !in_parts => None,
            Err(unusable @ Unusable::Foreign(..)) if !self.sender.resume => {
                self.sender.progress.line(&format!("note: {unusable}; it is ignored"));
                None
            }
            Err(unusable @ Unusable::Foreign(..)) => {
                return Err(Failure::failed(unusable.to_string()).help("Upload it without --resume."));
            }
            Err(unusable) => return Err(Failure::failed(unusable.to_string())),
        };
        let Some((journal, file)) = found else {
            if self.sender.resume && in_parts {
                self.sender
                    .progress
                    .line("note: no incomplete upload of this file to resume; starting from the beginning");
            }
            return Ok(Earlier::None);
        };
        let upload = Upload { key: self.key.to_owned(), id: journal.upload.upload_id.clone() };
        if !self.sender.resume {
            match session.parts(&upload).await {
                // It was aborted by other means, or has expired.
                Err(refused) if refused.code() == Some("NoSuchUpload") => {}
                Ok(parts) if parts.is_empty() && session.access.place.is_azure() => {}
                _ => self.sender.progress.line(&format!(
                    "note: an earlier upload of this file is incomplete; its parts stay at the store (upload {}). \
                     Use --resume to continue it, or abort it with `{}`",
                    escaped(&upload.id),
                    session.abort_command(self.key)
                )),
            }
            return Ok(Earlier::None);
        }
        if journal.upload.file != self.identity {
            return Err(self.sender.has_changed(self.key, &self.identity.path));
        }
        if self.sender.part_size.is_some_and(|asked| asked != journal.upload.part_size) {
            return Err(Failure::usage(format!(
                "the upload was started with parts of {} bytes and can't be resumed with another part size",
                journal.upload.part_size
            ))
            .help("Omit --part-size."));
        }
        match session.parts(&upload).await {
            Ok(listed) => {
                let parts = self.verified(&journal, listed).await?;
                Ok(Earlier::Parts(Box::new(journal), file, parts))
            }
            Err(refused) if refused.code() == Some("NoSuchUpload") => {
                Ok(self.completed(&journal).await?.map_or(Earlier::None, |etag| {
                    file.remove();
                    let parts = plan::count(journal.upload.part_size, self.identity.length);
                    Earlier::Complete(Done { etag, bytes: self.identity.length, parts, resumed: parts })
                }))
            }
            Err(refused) => Err(self.failure(refused)),
        }
    }

    /// The listed parts that match the file: by length and, as far as the journal or the store has checksums, by
    /// content.
    async fn verified(&self, journal: &Journal, listed: Vec<Part>) -> Result<Vec<Part>, Failure> {
        let size = journal.upload.part_size;
        let mut parts = Vec::new();
        for part in listed {
            let number = part.number.get();
            let Ok(region) = self.region(number.into(), size) else { continue };
            if region.length() != part.size {
                continue;
            }
            let digests = self.digests(region).await?;
            let noted = journal.parts.get(&number.into());
            if noted.is_some_and(|noted| noted.sha256 != digests.payload.as_str()) {
                return Err(Failure::failed(format!(
                    "{} has changed since the upload started: part {number} differs",
                    self.identity.path
                ))
                .help("Upload it again, without --resume."));
            }
            // Another part has replaced it since.
            if noted.is_some_and(|noted| unquoted(&noted.etag) != unquoted(&part.etag)) {
                continue;
            }
            let denied = part.checksum.as_ref().zip(digests.checksum.as_ref()).is_some_and(|(a, b)| a.contradicts(b));
            if denied {
                continue;
            }
            parts.push(Part { checksum: digests.checksum, ..part });
        }
        Ok(parts)
    }

    /// The `ETag` of the object, if the earlier process completed it but was stopped before it removed the journal.
    async fn completed(&self, journal: &Journal) -> Result<Option<String>, Failure> {
        let session = self.sender.session;
        let facts = session.facts(self.key).await.map_err(|e| self.failure(e))?;
        let count = plan::count(journal.upload.part_size, self.identity.length);
        let all = journal.parts.len() as u64 == count;
        let etags: Vec<&str> = journal.parts.values().map(|part| part.etag.as_str()).collect();
        let expected = langfuse_blob_core::storage::complete_multipart_upload::etag_of(&etags);
        let there = facts.and_then(|f| f.etag).map(|etag| unquoted(&etag));
        Ok(there.filter(|etag| all && Some(etag) == expected.as_ref()))
    }
}
