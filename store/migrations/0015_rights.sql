-- That somebody was erased: salted hashes of what they were known by, and when.
create table tombstone (
    digest text primary key,
    at_ms bigint not null
);

-- The firm as it stood on the invoice; null for those written before, which show the firm of the configuration.
alter table invoice add column firm text;

-- Turns that ended and still hold what they thought: few, and found by age.
create index turn_traces on turn (finished_ms) where machine <> '{}' and finished_ms is not null and state = 'done';
