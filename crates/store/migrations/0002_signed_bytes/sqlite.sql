-- What people signed, byte for byte. Small, and part of the very change that carries the signature: as a
-- row it needs no file and no sync of its own.
CREATE TABLE signed_bytes (
    sha256 TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL,
    at BIGINT NOT NULL
);
