//! A strict double of the AWS APIs that Origin Guard calls, for tests and for local runs.
//!
//! It holds every request against the limits that the service documents, and answers as the service would: its protocol,
//! its error shape, status and headers. What it knows is one [`World`]; what it was asked is in [`World::requests`];
//! every request that broke a documented limit leaves a sentence in [`World::violations`], so a test can demand none.
//!
//! ```no_run
//! # async fn example() {
//! let double = aws_double::Double::start().await;
//! double.world().bucket("site", "eu-west-1");
//! println!("AWS_ENDPOINT_URL={}", double.endpoint());
//! # }
//! ```

mod action;
mod body;
mod bucket;
pub mod cloudformation;
mod cloudfront;
mod codepipeline;
mod control;
mod dispatch;
mod edge;
mod fault;
mod http;
mod job;
mod json;
mod kms;
mod lambda;
mod query;
mod record;
mod route;
pub mod runtime_api;
mod s3;
mod scenario;
mod server;
mod sigv4;
mod tls;
mod world;
mod xml;
mod zip;

pub use bucket::{Bucket, Object};
pub use cloudfront::convert::{config_from_xml, to_xml};
pub use edge::EdgeAnswer;
pub use fault::{Fault, FaultKind, Held};
pub use job::{Job, JobOptions, JobState};
pub use record::{Published, Request};
pub use scenario::ScenarioError;
pub use server::Double;
pub use tls::ServerCertificate;
pub use world::{Distribution, Identity, World};
pub use zip::zip;
