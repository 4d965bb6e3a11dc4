-- A part of a site is updated on its own: a test environment, or the people who get a version first.
ALTER TABLE site ADD COLUMN part_of TEXT;
ALTER TABLE site ADD COLUMN part TEXT NOT NULL DEFAULT 'site';
CREATE INDEX site_part_of ON site (part_of) WHERE part_of IS NOT NULL;
