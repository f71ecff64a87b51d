-- The live log. It is a window of what happened lately, the other tables are the truth: nothing of it is brought along, and
-- a new epoch (in `setting`) tells every watcher to read anew.
-- `seq` is the event's number where it differs from `id`. On SQLite it stays null: there is one writer, so ids are in commit
-- order. On Postgres a counter's numbers commit out of order and a reader would pass by rows that are not visible yet, so
-- there a row is born with 0 and is numbered once it is committed, under the lock of `event_head`.
drop table event;
create table event (
    id __SEQUENCE__,
    seq bigint,
    kind text not null,
    conversation_id text,
    body text not null,
    at_ms bigint not null
);
create unique index event_seq on event (seq) where seq > 0;
create index event_unnumbered on event (id) where seq = 0;

-- One row: the last number given (Postgres), and the last that was removed because it was old.
create table event_head (
    one bigint primary key,
    seq bigint not null,
    cut bigint not null
);
insert into event_head (one, seq, cut) values (1, 0, 0);

-- What staff asked of the office's agent at the console, and the one answer to it; kept a day, so that a repeat of its id
-- is answered alike.
create table command (
    user_id text not null,
    -- the client's own id
    id text not null,
    kind text not null,
    -- who asked, in what zone and language; and of what, for a repeat with other content
    body text not null,
    -- where the agent hears it; null until it was taken in
    conversation_id text,
    message_id text,
    state text not null,
    result text,
    created_ms bigint not null,
    finished_ms bigint,
    primary key (user_id, id)
);
create index command_open on command (conversation_id) where state = 'open';
create index command_user on command (user_id) where state = 'open';
create index command_created on command (created_ms);

-- The calendar: who is to be where, and when.
create table visit (
    id text primary key,
    title text not null,
    customer_id text,
    -- the technician, where one is named
    contact_id text,
    starts_ms bigint not null,
    ends_ms bigint not null,
    state text not null,
    created_by text not null,
    created_ms bigint not null
);
create index visit_starts on visit (starts_ms) where state = 'planned';
