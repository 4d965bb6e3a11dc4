//! The container: headers of ustar. There is one right header for a name, a size and a mode; a
//! reader compares all 512 bytes with it, so that no two programs can read a package differently.

/// Headers and contents come in blocks of so many bytes.
pub const BLOCK: usize = 512;

/// The header of a regular file. `None`: ustar has no place for the name or the size.
pub fn header(name: &str, size: u64, executable: bool) -> Option<[u8; BLOCK]> {
    let (prefix, base) = split(name)?;
    if size >= 1 << 33 {
        return None;
    }
    let mut block = [0; BLOCK];
    let mut put =
        |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, base);
    put(100, if executable { "0000755" } else { "0000644" });
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{size:011o}"));
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    put(329, "0000000");
    put(337, "0000000");
    put(345, prefix);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// A long name is cut at the last `/` that leaves both parts short enough.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.len() <= 100 {
        return Some(("", name));
    }
    let cut = name.match_indices('/').map(|(at, _)| at).find(|at| name.len() - at <= 101)?;
    (cut <= 155).then(|| (&name[..cut], &name[cut + 1..]))
}

/// What an entry is called and how long it is, as far as it can be told; for the sentence of a
/// refusal and for entries of unknown size.
pub fn name_and_size(block: &[u8; BLOCK]) -> (String, Option<u64>) {
    let text = |from: usize, to: usize| {
        let field = block[from..to].split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(field).into_owned()
    };
    let (prefix, base) = (text(345, 500), text(0, 100));
    let name = if prefix.is_empty() { base } else { format!("{prefix}/{base}") };
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    (name, u64::from_str_radix(text(124, 136).trim(), 8).ok())
}

/// What kind of entry a header is about, in words.
pub fn kind(block: &[u8; BLOCK]) -> &'static str {
    match block[156] {
        b'0' | 0 => "a file with unusual attributes",
        b'1' => "a hard link",
        b'2' => "a symbolic link",
        b'3' | b'4' => "a device",
        b'5' => "a folder",
        b'6' => "a pipe",
        b'x' | b'g' | b'L' | b'K' => "an extension of the container",
        _ => "an unknown entry",
    }
}

/// Bytes that fill the last block.
pub fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    if over == 0 { 0 } else { BLOCK - over }
}
