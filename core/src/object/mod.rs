//! The objects that Langfuse keeps in its buckets: their keys and contents.
//!
//! Each function here returns the same key and body, byte for byte, as Langfuse's own code for the same input. Sources
//! in its repository: `processEventBatch.ts`, `eventBucketPath.ts`, `safeBlobKeySegment.ts`,
//! `OtelIngestionProcessor.ts`, `mediaService.ts`, `handleBatchExportJob.ts` and the transforms that write exports.

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
