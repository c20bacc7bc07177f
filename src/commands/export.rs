//! `export`: write rows to a file in the exports bucket and print a link to it.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use langfuse_blob_core::object::export::{self, Writer};
use langfuse_blob_core::object::rows::Reader;
use langfuse_blob_core::storage::presign::{Disposition, Operation};
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::{Containers, UseCase};
use serde_json::json;

use super::presign::unreachable;
use super::upload_file::watched;
use super::{Done, Failure};
use crate::cli::Export;
use crate::client::{Session, milliseconds};
use crate::exit::Exit;
use crate::output::{eprint_line, note, print, print_json};
use crate::upload::Sender;
use crate::upload::batch::size;
use crate::upload::progress::Progress;

/// How many bytes of rows are read at a time.
const PIECE: usize = 256 * 1024;

/// Default hours of a link. Source: Langfuse, `worker/src/env.ts`.
const HOURS: u64 = 24;

/// The maximum of Signature Version 4, in seconds.
const LONGEST: u64 = 604_800;

/// Runs the verb.
pub fn run(args: &Export) -> Done {
    let what = if args.file == "-" { "standard input" } else { &args.file };
    let rows = Arc::new(AtomicU64::new(0));
    let mut file = Conversion::open(args, rows.clone())?;
    if args.stdout {
        let copied = io::copy(&mut file, &mut io::stdout().lock()).and_then(|_| io::stdout().flush());
        return match copied {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Clean),
            Err(e) => Err(Failure::failed(format!("{what}: {e}"))),
            Ok(()) => Ok(Exit::Clean),
        };
    }
    let format = args.format;
    let worker = Session::new(&args.sources, Some(&args.connect.connect_to), UseCase::Exports, Containers::WORKER)?;
    let key = match (&args.key, &args.project, &args.table) {
        (Some(key), ..) => key.clone(),
        (None, Some(project), Some(table)) => {
            export::key(&worker.access.prefix, milliseconds()?, table, project, format)
        }
        _ => {
            return Err(Failure::usage("no name for the file")
                .help("Set --project ID and --table NAME for a name like Langfuse's, or --key for the full key."));
        }
    };
    let progress = Progress::new(args.progress);
    let sender = Sender::new(&worker, &progress, 4);
    let sent = worker.run(
        async {
            worker.prepare_writes().await?;
            watched(&progress, sender.stream(&key, format.content_type(), what, file)).await
        },
        async || sender.abort().await,
    )?;
    let rows = rows.load(Ordering::Relaxed);

    // Langfuse's worker signs the links of exports, for the external endpoint.
    let hours = worker.settings.link_hours.unwrap_or(HOURS);
    let wanted = hours.saturating_mul(3_600);
    let expires = u32::try_from(wanted.min(LONGEST)).unwrap_or(u32::MAX);
    let at = worker.time()?;
    let operation = Operation::Get { disposition: Disposition::Attachment };
    let url = worker.run_simply(worker.link(&key, &operation, expires, at))?;
    let mut end = String::new();
    if let Ok(at) = langfuse_blob_core::sign::Timestamp::from_unix(at.unix().saturating_add(expires.into())) {
        at.push_rfc3339(&mut end);
    }
    if args.json {
        let document = json!({
            "version": 1, "bucket": worker.access.place.bucket(), "key": key, "rows": rows, "bytes": sent.bytes,
            "url": url, "expires": end,
        });
        print_json(&document)?;
    } else {
        print(&format!("{url}\n"))?;
        note(format!("{rows} rows ({}) as {}; the link works until {end}", size(sent.bytes), escaped(&key)));
    }
    if wanted > LONGEST {
        eprint_line(format!(
            "warning: BATCH_EXPORT_DOWNLOAD_LINK_EXPIRATION_HOURS is {hours}, but links are limited to 168 hours: \
             Langfuse's own exports fail with this"
        ));
    }
    if worker.is_temporary() {
        eprint_line("warning: the link stops working when the session that signed it expires, which may be sooner");
    }
    let host = worker.access.place.link_host();
    if let Some(why) = unreachable(host, worker.settings.public) {
        eprint_line(format!(
            "warning: {} {why}; set LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT to the endpoint that browsers use",
            escaped(host)
        ));
    }
    Ok(Exit::Clean)
}

/// Converts rows to the file's format, piece by piece, so memory doesn't grow with their number.
struct Conversion {
    input: Box<dyn Read + Send>,
    reader: Option<Reader>,
    writer: Option<Writer>,
    piece: Vec<u8>,
    out: Vec<u8>,
    taken: usize,
    rows: Arc<AtomicU64>,
}

impl Conversion {
    fn open(args: &Export, rows: Arc<AtomicU64>) -> Result<Self, Failure> {
        let input: Box<dyn Read + Send> = if args.file == "-" {
            Box::new(io::stdin())
        } else {
            let file = File::open(&args.file);
            Box::new(file.map_err(|e| Failure::usage(format!("{} can't be read: {e}", args.file)))?)
        };
        Ok(Self {
            input,
            reader: Some(Reader::new(args.from)),
            writer: Some(Writer::new(args.format)),
            piece: vec![0; PIECE],
            out: Vec::new(),
            taken: 0,
            rows,
        })
    }

    /// Converts the next piece of the rows; `false` after the last one.
    fn advance(&mut self) -> io::Result<bool> {
        self.out.clear();
        self.taken = 0;
        let (Some(reader), Some(writer)) = (&mut self.reader, &mut self.writer) else { return Ok(false) };
        let got = self.input.read(&mut self.piece)?;
        let out = &mut self.out;
        if got > 0 {
            reader
                .feed(self.piece.get(..got).unwrap_or_default(), |row| writer.row(row, out))
                .map_err(io::Error::other)?;
            return Ok(true);
        }
        let (Some(reader), Some(mut writer)) = (self.reader.take(), self.writer.take()) else { return Ok(false) };
        let rows = reader.finish(|row| writer.row(row, out)).map_err(io::Error::other)?;
        writer.finish(out);
        self.rows.store(rows, Ordering::Relaxed);
        Ok(true)
    }
}

impl Read for Conversion {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let ready = self.out.get(self.taken..).unwrap_or_default();
            let take = ready.len().min(room.len());
            if take > 0 {
                if let (Some(to), Some(from)) = (room.get_mut(..take), ready.get(..take)) {
                    to.copy_from_slice(from);
                }
                self.taken = self.taken.saturating_add(take);
                return Ok(take);
            }
            if room.is_empty() || !self.advance()? {
                return Ok(0);
            }
        }
    }
}
