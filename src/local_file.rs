//! Opening local files that others may control: a device, a pipe or an endless file must neither block a verb nor fill
//! its memory, and a file named by an examined file is opened only inside that file's own tree.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Maximum size in bytes of a file with certificates, credentials or a token. Real ones have a few kilobytes.
pub const SMALL: u64 = 1024 * 1024;

/// The result of opening a file.
#[derive(Debug)]
pub enum Content {
    /// The bytes of a regular file.
    Regular(Vec<u8>),
    /// The bytes from a pipe or a device.
    Stream(Vec<u8>),
    /// A directory.
    Directory,
    /// It is larger than allowed.
    TooLarge,
    /// Its real path is outside the tree.
    Outside,
    /// A device, a pipe or a socket, although only a regular file may be opened.
    Special,
}

/// Reads a regular file of at most `most` bytes; anything else is an error. It never waits for a writer.
///
/// # Errors
/// As opening and reading; not a regular file; larger than `most`.
pub fn read_small(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    match regular(path, most, false)? {
        Content::Regular(bytes) => Ok(bytes),
        Content::TooLarge => {
            Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} KiB", most / 1024)))
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "it isn't a regular file")),
    }
}

/// Reads at most `most` bytes of a file of any kind that the user named.
///
/// # Errors
/// As opening and reading.
pub fn read_any(path: &Path, most: u64) -> io::Result<Content> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Ok(Content::Directory);
    }
    Ok(match bytes(file, most)? {
        None => Content::TooLarge,
        Some(bytes) if metadata.is_file() => Content::Regular(bytes),
        Some(bytes) => Content::Stream(bytes),
    })
}

/// Like [`read_any`], but doesn't open a device: it may never end, and opening it may have side effects.
///
/// # Errors
/// As opening and reading.
pub fn read_no_device(path: &Path, most: u64) -> io::Result<Content> {
    if is_device(&fs::metadata(path)?) { Ok(Content::Special) } else { read_any(path, most) }
}

/// Reads at most `most` bytes of an open stream.
///
/// # Errors
/// As reading.
pub fn read_stream(stream: impl Read, most: u64) -> io::Result<Content> {
    Ok(bytes(stream, most)?.map_or(Content::TooLarge, Content::Stream))
}

#[cfg(unix)]
fn is_device(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.file_type().is_char_device() || metadata.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &fs::Metadata) -> bool {
    false
}

/// Reads a regular file of at most `most` bytes whose real path is below `directory`, or below the root of the git work
/// tree around it. Opens nothing else.
///
/// # Errors
/// As opening and reading.
pub fn read_within(path: &Path, directory: &Path, most: u64) -> io::Result<Content> {
    // A directory that can't be resolved has no tree; a missing file there is missing, not outside.
    let real = fs::canonicalize(path)?;
    let below = fs::canonicalize(if directory.as_os_str().is_empty() { Path::new(".") } else { directory })?;
    if !real.starts_with(&below) && !work_tree(&below).is_some_and(|root| real.starts_with(root)) {
        return Ok(Content::Outside);
    }
    regular(&real, most, true)
}

/// Whether a symbolic link in `path` points out of the git work tree that the link is in.
#[must_use]
pub fn leaves_work_tree(path: &Path) -> bool {
    let leaves = |link: &Path| {
        let directory = link.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root = fs::canonicalize(directory).ok().and_then(|directory| work_tree(&directory));
        root.is_some_and(|root| fs::canonicalize(link).is_ok_and(|real| !real.starts_with(root)))
    };
    let is_link = |path: &&Path| fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink());
    path.ancestors().filter(is_link).any(leaves)
}

/// The root of the git work tree around `directory`. One whose `.git` another user owns doesn't count: in a shared
/// directory, anyone could widen the tree.
fn work_tree(directory: &Path) -> Option<PathBuf> {
    let own = fs::metadata(directory).ok()?;
    let root = directory.ancestors().find(|d| fs::symlink_metadata(d.join(".git")).is_ok())?;
    let git = fs::symlink_metadata(root.join(".git")).ok()?;
    same_owner(&own, &git).then(|| root.to_owned())
}

#[cfg(unix)]
fn same_owner(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn same_owner(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

fn regular(path: &Path, most: u64, is_real: bool) -> io::Result<Content> {
    // Checked before opening: opening alone can start a device.
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Ok(Content::Directory);
    }
    if !metadata.is_file() {
        return Ok(Content::Special);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    careful(&mut options, is_real);
    let file = options.open(path)?;
    // Checked again after opening: it may have been replaced in between.
    if !file.metadata()?.is_file() {
        return Ok(Content::Special);
    }
    Ok(bytes(file, most)?.map_or(Content::TooLarge, Content::Regular))
}

/// Doesn't wait for the other end of a pipe and, if the path is already resolved, follows no link.
#[cfg(unix)]
fn careful(options: &mut OpenOptions, is_real: bool) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = if is_real { OFlags::NONBLOCK | OFlags::NOFOLLOW } else { OFlags::NONBLOCK };
    options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
}

#[cfg(not(unix))]
fn careful(_: &mut OpenOptions, _: bool) {}

/// All bytes of `stream`; `None` if there are more than `most`.
fn bytes(stream: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    stream.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|n| n <= most);
    Ok(fits.then_some(bytes))
}
