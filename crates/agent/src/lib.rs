//! The agent of a site: it asks, fetches, verifies, backs up, installs, checks and goes back, and
//! remembers every step on disk. It knows nothing of the server but the protocol.
