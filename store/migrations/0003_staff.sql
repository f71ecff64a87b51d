-- Who works at the console, and what proves that somebody is one of them. Secrets are kept as their SHA-256 only.

create table console_user (
    id text primary key,
    -- who vouches for the person: empty for this house, else the identity provider's issuer
    issuer text not null,
    -- the name in lower case, or the provider's own id of the person
    subject text not null,
    name text not null,
    role text not null,
    -- the same person where they write to the agents
    contact_id text references contact (id),
    -- raised when the person leaves or gets another role: what was given out before counts no more
    version bigint not null,
    created_ms bigint not null,
    -- null while the person works here
    removed_ms bigint,
    unique (issuer, subject)
);
create index console_user_contact on console_user (contact_id) where contact_id is not null;

-- A browser that is logged in.
create table console_session (
    id text primary key,
    hash text not null unique,
    user_id text not null references console_user (id),
    role text not null,
    version bigint not null,
    -- the browser, as it calls itself
    browser text not null,
    created_ms bigint not null,
    seen_ms bigint not null,
    ends_ms bigint not null
);
create index console_session_user on console_session (user_id, created_ms);

-- What is good for one use: a link to log in with, a ticket for the live stream.
create table console_ticket (
    hash text primary key,
    purpose text not null,
    user_id text not null references console_user (id),
    role text not null,
    version bigint not null,
    -- what asked for it, which it does not outlive: a session or a bearer token
    session_id text,
    token_hash text,
    -- when what it opens ends
    ends_ms bigint not null,
    -- until when it may be used
    expires_ms bigint not null
);
create index console_ticket_user on console_ticket (user_id, expires_ms);

-- Bearer tokens that were given back before their end.
create table console_revoked (
    hash text primary key,
    ends_ms bigint not null
);
