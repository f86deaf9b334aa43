//! The double as a process.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aws_double::{Double, ServerCertificate};
use clap::Parser;

/// Serves the AWS APIs that Origin Guard uses, strictly, on 127.0.0.1; its control API is below /_double/.
#[derive(Parser)]
#[command(name = "aws-double")]
struct Arguments {
    /// The port; a free one by default.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Speak TLS with a fresh certificate authority.
    #[arg(long, requires = "ca_out")]
    tls: bool,
    /// Where to write the authority's certificate (PEM).
    #[arg(long)]
    ca_out: Option<PathBuf>,
    /// Write a certificate for another server on 127.0.0.1 into this folder: `authority.crt`,
    /// `server.crt` and `server.key`.
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// A scenario to begin with (JSON).
    #[arg(long)]
    world: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aws-double: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let double = Double::start_on(arguments.port, arguments.tls).await;
    if let (Some(path), Some(pem)) = (&arguments.ca_out, double.ca_pem()) {
        std::fs::write(path, pem)?;
    }
    if let Some(folder) = &arguments.certificate {
        write(folder, &ServerCertificate::issue())?;
    }
    if let Some(path) = &arguments.world {
        double
            .world()
            .merge(&serde_json::from_slice(&std::fs::read(path)?)?)?;
    }
    println!("aws-double listening on {}", double.endpoint());
    std::future::pending().await
}

fn write(folder: &Path, issued: &ServerCertificate) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("authority.crt"), &issued.authority)?;
    std::fs::write(folder.join("server.crt"), &issued.certificate)?;
    std::fs::write(folder.join("server.key"), &issued.key)
}
