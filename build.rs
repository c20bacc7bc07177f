//! Takes the built page of the wizard, where there is one, into the binary: a table of its files.
#![forbid(unsafe_code)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The folder is there in every checkout, so that it can be watched before anything is built into it.
    let dist = Path::new("web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(dist, &mut files)?;
        files.sort();
    }
    let target = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut out = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let name = file.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
        // A copy: the page may be built anew while the compiler reads it.
        let path = target.join(format!("page-{number}"));
        std::fs::copy(file, &path)?;
        writeln!(out, "    (\"/{name}\", include_bytes!({:?})),", path.to_string_lossy())?;
    }
    out.push_str("]\n");
    std::fs::write(target.join("page.rs"), out)?;
    Ok(())
}

/// Every file of the page; names that begin with a dot belong to the repository.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
