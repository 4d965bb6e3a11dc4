-- What a site said names what it was shown; an answer from before names nothing.
ALTER TABLE site_decision ADD COLUMN digest TEXT;
ALTER TABLE site_decision ADD COLUMN paper TEXT;
