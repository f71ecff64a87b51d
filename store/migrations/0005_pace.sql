-- What every process has to know before it sends. Portable text for SQLite and Postgres.

-- What is used up of the allowances of a channel that has a pace: one row for the whole of it, under the empty external
-- id, and one for each address. full_us is when all of it is there again, in microseconds; last_ms when the last one went.
create table pace (
    channel text not null,
    external text not null,
    full_us bigint not null,
    last_ms bigint not null,
    primary key (channel, external)
);

-- A channel on which nothing can be sent until then, because the account is the problem.
create table channel_state (
    channel text primary key,
    paused_until_ms bigint not null,
    reason text not null
);
