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
/// The manifest of a package, in bytes.
pub const MANIFEST_BYTES_MAX: usize = 4 << 20;
/// Files of one package.
pub const PACKAGE_FILES_MAX: usize = 20_000;
/// All files of one package together, in bytes; a header of the container cannot say more.
pub const PACKAGE_BYTES_MAX: u64 = 8 << 30;
/// The path of a file in a package, in bytes.
pub const PACKAGE_PATH_BYTES_MAX: usize = 240;
/// Signatures of one package or set of keys.
pub const SIGNATURES_MAX: usize = 32;
/// One signature as text, in bytes.
pub const SIGNATURE_BYTES_MAX: usize = 2_048;
/// An order of the director or a set of trusted keys, in bytes.
pub const ORDER_BYTES_MAX: usize = 16 << 10;
/// Keys of one set of trusted keys.
pub const TRUSTED_KEYS_MAX: usize = 32;
/// Sets of trusted keys that a product may have had: each rotation is one.
pub const TRUST_SETS_MAX: usize = 24;
/// One set of trusted keys with its signatures, in bytes: all of them together fit into an answer.
pub const TRUST_SET_BYTES_MAX: usize = 24 << 10;
/// Words of one hook: its program and its arguments.
pub const HOOK_WORDS_MAX: usize = 64;
/// One word of a hook, in characters.
pub const HOOK_WORD_CHARS_MAX: usize = 1_000;
/// The longest time a hook may take, in seconds.
pub const HOOK_SECONDS_MAX: u32 = 86_400;
/// Verifications of one package.
pub const CHECKS_MAX: usize = 100;
/// Parameters of one package.
pub const PARAMETERS_MAX: usize = 200;
/// Versions that a package names as those it may come from.
pub const FROM_VERSIONS_MAX: usize = 1_000;
/// Messages in one report of an agent.
pub const DETAILS_MAX: usize = 50;
/// Characters of one of them; longer ones are kept in pieces.
pub const DETAIL_CHARS_MAX: usize = 512;
/// Reports about one order.
pub const REPORTS_PER_ACTION_MAX: i64 = 1_000;
/// One file that sites install, in bytes.
pub const ARTIFACT_BYTES_MAX: u64 = 4 << 30;
/// All files that sites install, in bytes.
pub const ARTIFACTS_TOTAL_BYTES_MAX: u64 = 64 << 30;
/// Occurrences of one event-started step in one run.
pub const MEMBERS_MAX: usize = 5_000;
/// Items that one step's list can grow by in a run.
pub const EXTRA_ITEMS_MAX: usize = 200;
