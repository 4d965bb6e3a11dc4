-- Reconcilers ask at every bell which releases are under way.
CREATE INDEX release_state ON release (state, updated_at);
