-- What the report counts, and calls by telephone.

-- Messages by the day, without reading one of them.
create index message_at on message (at_ms, direction, conversation_id);
-- What model rounds used, by the day.
create index journal_model on journal (started_ms, kind, tokens_in, tokens_out) where kind = 'model';
create index invoice_created on invoice (created_ms);

-- When and how a question was decided; both stand in its answer too.
alter table question add column decided_ms bigint;
alter table question add column verdict text;
update question set
    decided_ms = cast(substr(answer, length(answer) - 13, 13) as bigint),
    verdict = case when answer like '{"value":"approve"%' then 'approve'
                   when answer like '{"value":"decline"%' then 'decline'
                   when answer like '{"value":"defer"%' then 'defer' end
where state = 'answered' and fingerprint is not null and answer like '%"at":_____________}';
create index question_proposed on question (asked_ms, state) where fingerprint is not null;
create index question_decided on question (decided_ms, verdict, asked_ms) where decided_ms is not null and fingerprint is not null;

-- A person who waited and was answered, written with the answer: how long they waited, and for whom.
create table response (
    -- since when they waited
    asked_ms bigint not null,
    conversation_id text not null,
    answered_ms bigint not null,
    -- agent or staff
    answered_by text not null,
    primary key (asked_ms, conversation_id)
);
-- Of what was said before: the first message of the person after an answer, and the next answer.
insert into response (asked_ms, conversation_id, answered_ms, answered_by)
select asked_ms, conversation_id, case when at_ms < asked_ms then asked_ms else at_ms end,
       case when author like '{"kind":"agent"%' then 'agent' else 'staff' end
from (select conversation_id, at_ms, author, direction,
             lag(at_ms) over (partition by conversation_id order by at_ms, seq) as asked_ms
      from (select m.conversation_id, m.at_ms, m.seq, m.author, m.direction,
                   lag(m.direction) over (partition by m.conversation_id order by m.at_ms, m.seq) as earlier
            from message m join thread t on t.conversation_id = m.conversation_id
            where t.hidden = 0 and m.direction in ('in', 'out') and m.author <> '{"kind":"house"}') said
      where earlier is null or earlier <> direction) turned
where direction = 'out' and asked_ms is not null
on conflict (asked_ms, conversation_id) do nothing;

-- A call by telephone, as the telephone system told of it or as staff wrote it down.
create table call (
    id text primary key,
    -- telephony or staff
    source text not null,
    -- what the telephone system calls it, or a key that staff gave it: a repeat is the same call
    external text,
    direction text not null,
    -- ringing, answered, ended, missed or failed
    state text not null,
    -- digits, with country code where they are a number at all; the person's end of it, and ours
    number text not null,
    line text not null,
    contact_id text references contact (id),
    conversation_id text references conversation (id),
    customer_id text,
    started_ms bigint not null,
    answered_ms bigint,
    ended_ms bigint,
    note text not null,
    -- the recording, and its words once they are known
    media text,
    -- who wrote it down
    created_by text,
    created_ms bigint not null,
    updated_ms bigint not null
);
create unique index call_external on call (external) where external is not null;
create index call_started on call (started_ms, id);
create index call_contact on call (contact_id, started_ms, id) where contact_id is not null;
create index call_conversation on call (conversation_id, started_ms, id) where conversation_id is not null;
create index call_number on call (number, started_ms, id) where contact_id is null;
