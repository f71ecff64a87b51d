-- The belt and what it carries. Portable text for SQLite and Postgres: ids and JSON are TEXT, times are BIGINT
-- milliseconds, truths are 0 or 1. __SEQUENCE__ is a key that counts up by itself (see db/migrate.rs).
-- A table that is a queue keeps its schedule and its lease in one column: due_ms is when a row may be taken, and a
-- worker that takes it moves due_ms to the end of its lease, so a dead worker's rows come back by themselves. fence counts
-- the takings: who settles a row must name the number it took it under.

create table contact (
    id text primary key,
    name text not null,
    -- trade roles, comma-separated: there are three of them and a person has one or two
    roles text not null,
    language text,
    default_agent text,
    created_ms bigint not null
);

-- Identities are a set: a person is never keyed by phone alone.
create table identity (
    kind text not null,
    value text not null,
    contact_id text not null references contact (id),
    primary key (kind, value)
);
create index identity_contact on identity (contact_id);

create table conversation (
    id text primary key,
    -- null on the link: a job's conversation has no person
    contact_id text references contact (id),
    agent text not null,
    channel text not null,
    external text not null,
    owner text not null,
    owner_version bigint not null default 0,
    language text not null,
    -- raised by each claim of a turn; every transaction of the turn re-asserts it
    epoch bigint not null default 0,
    lease_ms bigint not null default 0,
    last_inbound_ms bigint not null default 0,
    created_ms bigint not null,
    unique (agent, channel, external)
);
create index conversation_contact on conversation (contact_id);
create index conversation_address on conversation (channel, external);

create table message (
    seq __SEQUENCE__,
    id text not null unique,
    conversation_id text not null references conversation (id),
    author text not null,
    parts text not null,
    external text,
    turn_id text,
    -- 1 while no turn has heard it yet
    unheard bigint not null default 0,
    at_ms bigint not null
);
create index message_conversation on message (conversation_id, seq);
create index message_unheard on message (conversation_id, seq) where unheard = 1;
create index message_external on message (external) where external is not null;

create table inbox (
    seq __SEQUENCE__,
    id text not null unique,
    channel text not null,
    external text not null,
    -- rows of one lane are taken in order
    lane text not null,
    body text not null,
    state text not null,
    due_ms bigint not null,
    fence bigint not null default 0,
    attempts bigint not null default 0,
    reason text,
    received_ms bigint not null,
    -- a provider's repeat inserts nothing
    unique (channel, external)
);
create index inbox_pending on inbox (seq) where state = 'pending';
create index inbox_lane on inbox (lane, due_ms) where state = 'pending';
create index inbox_dead on inbox (seq) where state = 'dead';

create table turn (
    seq __SEQUENCE__,
    id text not null unique,
    conversation_id text not null references conversation (id),
    agent text not null,
    state text not null,
    due_ms bigint not null,
    -- a gathering turn starts by then, however many messages still come
    flush_ms bigint not null,
    owner_version bigint not null,
    -- the machine's saved state; null until the turn first ran
    machine text,
    attempts bigint not null default 0,
    reason text,
    created_ms bigint not null,
    finished_ms bigint
);
create index turn_due on turn (agent, due_ms) where state in ('due', 'running');
create index turn_conversation on turn (conversation_id, seq) where state in ('due', 'running', 'parked');
create index turn_failed on turn (seq) where state = 'failed';

-- What a turn did, a row a model round and a tool call; written before anything acts on it.
create table journal (
    turn_id text not null references turn (id),
    -- 'model:<round>' or the call's id
    key text not null,
    seq bigint not null,
    kind text not null,
    name text not null,
    effect text not null,
    request text not null,
    state text not null,
    result text,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    started_ms bigint not null,
    finished_ms bigint,
    primary key (turn_id, key)
);

-- What a parked turn waits for, one row a waiting call.
create table wake (
    turn_id text not null references turn (id),
    call_id text not null,
    kind text not null,
    of_id text not null,
    result text,
    primary key (turn_id, call_id)
);
create index wake_of on wake (kind, of_id) where result is null;

create table question (
    id text primary key,
    turn_id text not null,
    call_id text not null,
    agent text not null,
    purpose text not null,
    job_id text,
    fingerprint text,
    body text not null,
    state text not null,
    asked_ms bigint not null,
    expires_ms bigint not null,
    answer text,
    -- 1 once the approval was used: it is good for one run of exactly its proposal
    spent bigint not null default 0
);
create index question_job on question (job_id) where state = 'open';
create index question_fingerprint on question (fingerprint) where state = 'answered' and spent = 0;
create index question_turn on question (turn_id);

-- A question as each asked conversation saw it: its own words, its own tokens.
create table asked (
    question_id text not null references question (id),
    conversation_id text not null references conversation (id),
    contact_id text,
    outbox_id text not null,
    body text not null,
    choices text not null,
    primary key (question_id, conversation_id)
);
create index asked_conversation on asked (conversation_id);

create table timer (
    id text primary key,
    kind text not null,
    of_id text not null,
    due_ms bigint not null,
    fence bigint not null default 0,
    unique (kind, of_id)
);
create index timer_due on timer (due_ms);

create table outbox (
    seq __SEQUENCE__,
    id text not null unique,
    -- what makes a repeat of the same effect the same row
    key text not null unique,
    conversation_id text not null references conversation (id),
    channel text not null,
    external text not null,
    content text not null,
    speaker text not null,
    turn_id text,
    message_id text,
    -- captured with the turn; null for what nobody's taking over may stop (answers to staff, notices of a job)
    owner_version bigint,
    state text not null,
    due_ms bigint not null,
    fence bigint not null default 0,
    attempts bigint not null default 0,
    provider_id text,
    reason text,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index outbox_due on outbox (channel, due_ms) where state in ('queued', 'sending', 'unknown');
create index outbox_lane on outbox (channel, external, seq) where state in ('queued', 'sending', 'unknown');
create index outbox_provider on outbox (provider_id) where provider_id is not null;
create index outbox_failed on outbox (seq) where state = 'failed';

-- A job that an agent handed to its peer, as the side that handed it over knows it.
create table handoff (
    agent text not null,
    job_id text not null,
    conversation_id text not null references conversation (id),
    customer_id text not null,
    report text not null,
    -- the work itself, so that the same job reported twice is noticed
    fingerprint text not null,
    state text not null,
    -- the peer's name for it, once it has one
    task_id text,
    note text,
    invoice_id text,
    created_ms bigint not null,
    updated_ms bigint not null,
    primary key (agent, job_id)
);
create index handoff_customer on handoff (customer_id, agent);
create index handoff_conversation on handoff (conversation_id, created_ms);

create table event (
    seq __SEQUENCE__,
    kind text not null,
    conversation_id text,
    body text not null,
    at_ms bigint not null
);

-- Ids and digests only, each entry hashed over the one before: personal text stays outside, so erasing it breaks nothing.
create table audit (
    seq bigint primary key,
    at_ms bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    digest text not null,
    previous text not null,
    hash text not null
);
-- The chain's end in one row: whoever appends locks it last.
create table audit_head (
    one bigint primary key,
    seq bigint not null,
    hash text not null
);
insert into audit_head (one, seq, hash) values (1, 0, '');

create table setting (
    key text primary key,
    value text not null
);
