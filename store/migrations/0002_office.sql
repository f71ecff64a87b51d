-- The trade: customers, the office's jobs, invoices. Money is integer cents; the firm's currency is configuration.

create table customer (
    id text primary key,
    name text not null,
    street text not null,
    postal_code text not null,
    city text not null,
    phone text not null,
    email text not null,
    -- the name of a contract in config/billing.toml; empty for none
    contract text not null
);

create table job (
    id text primary key,
    -- the agent that handed it over; empty for a plain caller of /process_job
    peer text not null,
    customer_id text not null,
    report text not null,
    -- of the report, so that a repeat is told from a change
    fingerprint text not null,
    revision bigint not null,
    state text not null,
    -- what staff decided on each conflict: {"hours_over_contract": "waive"}
    decisions text not null,
    note text not null,
    invoice_id text,
    conversation_id text,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index job_state on job (state, created_ms);
create index job_customer on job (customer_id, created_ms);

-- Immutable once written. A wrong invoice is cancelled by a cancellation invoice, never edited.
create table invoice (
    id text primary key,
    year bigint not null,
    number bigint not null,
    -- empty for an invoice; the cancelled invoice's id for a cancellation
    cancels text not null,
    job_id text not null,
    customer_id text not null,
    body text not null,
    net_cents bigint not null,
    vat_cents bigint not null,
    gross_cents bigint not null,
    currency text not null,
    -- open, paid, cancelled; a cancellation is born settled
    state text not null,
    approved_by text not null,
    created_ms bigint not null,
    unique (year, number)
);
-- One invoice that stands a job, and one cancellation an invoice.
create unique index invoice_job on invoice (job_id) where cancels = '' and state <> 'cancelled';
create unique index invoice_cancels on invoice (cancels) where cancels <> '';
create index invoice_customer on invoice (customer_id, state);

-- Gapless numbers: taken in the transaction that writes the invoice.
create table invoice_number (
    year bigint primary key,
    last bigint not null
);

-- The context that a caller on the link gave a job, where it is not the job's own id.
create table task_context (
    job_id text primary key references job (id),
    context text not null
);
create index task_context_context on task_context (context);

-- Where callers from outside the house want to be told how a job ended. Their credentials are as safe as the database.
create table push_config (
    job_id text not null references job (id),
    id text not null,
    url text not null,
    token text,
    scheme text,
    credentials text,
    created_ms bigint not null,
    primary key (job_id, id)
);

create index job_updated on job (updated_ms, id);
