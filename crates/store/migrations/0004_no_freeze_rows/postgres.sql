-- Freezes live in the calendar document; nothing ever wrote these rows.
DROP TABLE freeze_period;
