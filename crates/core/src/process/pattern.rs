//! How a text has to look: what stands there, with `[n]` for a whole number.

/// True when a text looks as the pattern says.
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    for (at, part) in pattern.split("[n]").enumerate() {
        if at > 0 {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return false;
            }
            rest = &rest[digits..];
        }
        let Some(after) = rest.strip_prefix(part) else { return false };
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_number_stands_where_the_pattern_has_one() {
        for (pattern, text, yes) in [
            ("Patch/[n]", "Patch/7", true),
            ("Patch/[n]", "Patch/0012", true),
            ("Patch/[n]", "Patch/", false),
            ("Patch/[n]", "patch/7", false),
            ("Patch/[n]", "Patch/7/x", false),
            ("Patch/[n]", "Patch/n", false),
            ("main-[n].[n]", "main-1.20", true),
            ("main-[n].[n]", "main-1", false),
            ("release/V1", "release/V1", true),
            ("release/V1", "release/V2", false),
            ("", "", true),
            ("[n]", "٧", false),
        ] {
            assert_eq!(fits(pattern, text), yes, "{pattern} {text}");
        }
    }
}
