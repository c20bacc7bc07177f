//! The objects that Langfuse keeps in its buckets: what they are called and what is in them.
//!
//! Each function here gives what Langfuse's own code gives for the same input, key and body, byte for byte. Sources
//! are its repository's `processEventBatch.ts`, `eventBucketPath.ts`, `safeBlobKeySegment.ts`,
//! `OtelIngestionProcessor.ts`, `mediaService.ts`, `handleBatchExportJob.ts` and the transforms that it writes exports
//! with.

pub mod event;
pub mod export;
mod instant;
pub mod js;
pub mod media;
pub mod media_api;
pub mod otel;
pub mod replay;
pub mod rows;
pub mod segment;
pub mod upload;
