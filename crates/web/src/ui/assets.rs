//! Style, script and icon inside the binary, served under names that hold their digest.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// Address with the digest: `/assets/roadbook-1f2e3d4c5b6a.css`.
    pub path: String,
    /// Media type.
    pub mime: &'static str,
    /// Content.
    pub bytes: &'static [u8],
    /// Quoted digest.
    pub etag: String,
}

/// Value of `Cache-Control` for every asset: the name changes with the content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The policy that every page is sent with: nothing from elsewhere, nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn all() -> &'static [Asset; 3] {
    static ALL: OnceLock<[Asset; 3]> = OnceLock::new();
    ALL.get_or_init(|| {
        [
            asset(
                "roadbook",
                "css",
                "text/css; charset=utf-8",
                include_bytes!("../../static/roadbook.css"),
            ),
            asset(
                "roadbook",
                "js",
                "text/javascript; charset=utf-8",
                include_bytes!("../../static/roadbook.js"),
            ),
            asset("icon", "svg", "image/svg+xml", include_bytes!("../../static/icon.svg")),
        ]
    })
}

fn asset(stem: &str, ext: &str, mime: &'static str, bytes: &'static [u8]) -> Asset {
    let digest = hex::encode(&Sha256::digest(bytes)[..6]);
    Asset {
        path: format!("/assets/{stem}-{digest}.{ext}"),
        mime,
        bytes,
        etag: format!("\"{digest}\""),
    }
}

/// The style sheet's address.
pub fn css() -> &'static str {
    &all()[0].path
}

/// The script's address.
pub fn js() -> &'static str {
    &all()[1].path
}

/// The icon's address.
pub fn icon() -> &'static str {
    &all()[2].path
}

/// The file at an address: media type, content and entity tag.
pub fn get(path: &str) -> Option<(&'static str, &'static [u8], &'static str)> {
    all().iter().find(|a| a.path == path).map(|a| (a.mime, a.bytes, a.etag.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_with_the_digest_is_served() {
        let (mime, bytes, etag) = get(css()).unwrap();
        assert!(mime.starts_with("text/css") && !bytes.is_empty() && etag.starts_with('"'));
        assert!(get("/assets/roadbook.css").is_none());
        assert!(get(js()).unwrap().1.len() < 30_000, "the script stays below 30 kB");
    }

    #[test]
    fn nothing_points_elsewhere() {
        for path in [css(), js()] {
            let text = std::str::from_utf8(get(path).unwrap().1).unwrap();
            for bad in ["http://", "https://", "@import", "eval("] {
                assert!(!text.contains(bad), "{path} holds {bad}");
            }
        }
    }
}
