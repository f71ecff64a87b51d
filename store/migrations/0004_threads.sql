-- Conversations as staff see them, and what staff keep beside them.

-- in, out, or internal: kept and sent to nobody
alter table message add column direction text not null default 'internal';
-- when it reached us; at_ms is where it stands in the conversation
alter table message add column received_ms bigint not null default 0;
-- the provider's id of the message that it quotes
alter table message add column quotes text;
-- what the console called it before it was stored
alter table message add column client_id text;

-- How many messages of the same speech come after this one: 0 is the one that an answer quotes.
alter table outbox add column piece bigint not null default 0;
create index outbox_message on outbox (message_id, seq) where message_id is not null;

update message set author = '{"kind":"phone"}' where author = '{"kind":"staff","id":"staff on the business phone"}';
update conversation set owner = 'phone' where owner not in ('agent', 'phone');
update message set received_ms = at_ms;
update message set direction = 'in' where author like '{"kind":"contact"%' or author like '{"kind":"peer"%';
-- What strangers wrote bore the house's name.
update message set direction = 'in'
where author = '{"kind":"house"}' and external is not null
  and not exists (select 1 from outbox o where o.message_id = message.id);
update message set direction = 'out'
where direction = 'internal'
  and (author = '{"kind":"phone"}' or exists (select 1 from outbox o where o.message_id = message.id));

-- Messages are read in the order in which they were said, also where one was long on its way.
drop index message_conversation;
create index message_placed on message (conversation_id, at_ms, seq);

-- One row a conversation, written with its messages: what a list of conversations is sorted and filtered by.
create table thread (
    conversation_id text primary key references conversation (id),
    -- the channel without what stands behind its colon
    kind text not null,
    -- 1 for what is no talk with a person: jobs on the link, commands of the console
    hidden bigint not null,
    status text not null,
    snoozed_ms bigint,
    assignee text,
    priority text not null default 'none',
    -- messages of the person since staff last marked it read
    unread bigint not null,
    -- since when the person waits for an answer; null while nobody does
    waiting_ms bigint,
    customer_id text,
    -- who linked the customer: house or staff; none where staff took the link away
    linked text,
    last_id text not null,
    last_ms bigint not null,
    created_ms bigint not null
);
create index thread_last on thread (last_ms, conversation_id) where hidden = 0;
create index thread_active on thread (last_ms, conversation_id) where hidden = 0 and status <> 'resolved';
create index thread_hidden on thread (kind, last_ms, conversation_id) where hidden = 1;
create index thread_waiting on thread (waiting_ms, conversation_id) where waiting_ms is not null and hidden = 0;
create index thread_unread on thread (last_ms, conversation_id) where unread > 0 and hidden = 0;
create index thread_assignee on thread (assignee, last_ms, conversation_id) where assignee is not null;
create index thread_customer on thread (customer_id) where customer_id is not null;

insert into thread (conversation_id, kind, hidden, status, unread, waiting_ms, last_id, last_ms, created_ms)
select c.id,
       case when c.channel like 'link:%' then 'link' when c.channel like 'cli:%' then 'cli' else c.channel end,
       case when c.channel like 'link:%' then 1 else 0 end,
       'open', 0, case when m.direction = 'in' and c.agent = 'nobody' then m.at_ms end, m.id, m.at_ms, c.created_ms
from conversation c join message m on m.conversation_id = c.id
where m.seq = (select max(l.seq) from message l where l.conversation_id = c.id);

create table label (
    conversation_id text not null references conversation (id),
    name text not null,
    primary key (conversation_id, name)
);
create index label_name on label (name, conversation_id);

-- What staff write beside a conversation. It never leaves the house.
create table note (
    id text primary key,
    conversation_id text not null references conversation (id),
    author text not null,
    body text not null,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index note_conversation on note (conversation_id, created_ms);

-- A task of staff; with or without a conversation.
create table todo (
    id text primary key,
    conversation_id text references conversation (id),
    title text not null,
    due_ms bigint,
    assignee text,
    done_ms bigint,
    created_by text not null,
    created_ms bigint not null,
    updated_ms bigint not null
);
create index todo_conversation on todo (conversation_id, created_ms) where conversation_id is not null;
create index todo_created on todo (created_ms, id);
create index todo_open on todo (assignee, created_ms) where done_ms is null;

-- A file that staff brought, until a message carries it.
create table upload (
    id text primary key,
    user_id text not null,
    mime text not null,
    name text not null,
    bytes bigint not null,
    path text not null,
    sha256 text not null,
    created_ms bigint not null
);

-- What a user sent under a key of their own: a repeat is answered alike, other content under the same key is refused.
create table submission (
    user_id text not null,
    key text not null,
    digest text not null,
    message_id text not null,
    at_ms bigint not null,
    primary key (user_id, key)
);
create index submission_at on submission (at_ms);

-- Lower case without diacritics, for search. The house's own spelling comes with the next change of a row.
alter table contact add column folded text not null default '';
update contact set folded = lower(name);
-- the person that this one turned out to be; who said what keeps naming the earlier row
alter table contact add column merged_into text;
create index contact_merged on contact (merged_into) where merged_into is not null;
create index contact_role on contact (id) where roles <> '';
alter table customer add column folded text not null default '';
update customer set folded = lower(name);
-- the last eight digits of the phone: what differs between its spellings stands before them
alter table customer add column phone_tail text not null default '';
update customer set phone_tail =
    replace(replace(replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''), '.', ''), '+', '');
update customer set phone_tail = substr(phone_tail, length(phone_tail) - 7) where length(phone_tail) > 8;
create index customer_phone on customer (phone_tail) where phone_tail <> '';

-- What a merge moved, so that it can be undone.
create table contact_merge (
    id text primary key,
    from_id text not null,
    into_id text not null,
    moved text not null,
    by_user text not null,
    at_ms bigint not null,
    undone_ms bigint
);

-- The words of messages; filled in the background (see search.rs).
__MESSAGE_WORDS__
