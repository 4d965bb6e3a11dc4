//! Every maximum has its name here.

/// A JSON or form body, in bytes.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// One uploaded file, in bytes.
pub const UPLOAD_BYTES_MAX: u64 = 64 << 20;
/// Nesting of a JSON body.
pub const JSON_DEPTH_MAX: usize = 64;
/// Rows on one page of a list.
pub const PAGE_ROWS_MAX: usize = 200;
/// Rows on one page of a list, unless asked.
pub const PAGE_ROWS_DEFAULT: usize = 50;
/// Steps in one process.
pub const PROCESS_STEPS_MAX: usize = 500;
/// One process file, in bytes.
pub const PROCESS_FILE_BYTES_MAX: usize = 512 << 10;
/// Stored JSON document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 << 10;
/// Combinations of guards the checker explores before it names them instead.
pub const CHECK_STATES_MAX: usize = 4_096;
/// The longest length of time in a process or window, in days.
pub const SPAN_DAYS_MAX: i64 = 3_660;
/// Nesting of a condition.
pub const EXPR_DEPTH_MAX: usize = 32;
/// Nodes of a condition.
pub const EXPR_NODES_MAX: usize = 512;
/// Characters of a name or title.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of a reason, remark or comment.
pub const REMARK_CHARS_MAX: usize = 4_000;
/// Rows of one import file.
pub const IMPORT_ROWS_MAX: usize = 20_000;
/// An idempotency key, in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// How long a finished idempotency key is remembered, in days.
pub const IDEMPOTENCY_DAYS: i64 = 7;
/// Sites of one installation.
pub const SITES_MAX: usize = 1_000_000;
/// Passwords, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Passwords, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
