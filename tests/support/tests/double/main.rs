//! The double is held to the services' documents by raw HTTP requests.

mod client;
mod cloudfront;
mod codepipeline;
mod control;
mod faults;
mod kms;
mod messages;
mod objects;
mod runtime;
mod s3;
