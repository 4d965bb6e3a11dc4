//! Options of `bench`.

use clap::Args;
use std::path::PathBuf;

/// Options of `bench`.
#[derive(Args, Clone, Debug)]
pub struct BenchArgs {
    /// Smaller inputs, less than a minute
    #[arg(long)]
    pub smoke: bool,
    /// Only rows whose name holds this word
    #[arg(long, value_name = "WORD")]
    pub only: Option<String>,
    /// Sites of the fleets that are measured, instead of the usual ones
    #[arg(long, value_name = "COUNT", value_delimiter = ',')]
    pub sites: Vec<usize>,
    /// Also two nodes on this PostgreSQL database, which must be empty
    #[arg(long, value_name = "URL")]
    pub nodes: Option<String>,
    /// Serve answers of so many bytes, and nothing else: what others are measured beside
    #[arg(long, hide = true, value_name = "BYTES")]
    pub bare: Option<usize>,
    /// And this file to whoever asks for a file
    #[arg(long, hide = true, value_name = "FILE")]
    pub bare_file: Option<PathBuf>,
}
