-- An index that asks what a turn thinks made PostgreSQL write all indexes of the turn anew at each of its steps: a row can only
-- be changed in place (heap-only) where no index names what is changed, and where its page has room.
drop index turn_traces;
alter table turn add column emptied bigint not null default 0;
update turn set emptied = 1 where machine = '{}';
create index turn_traces on turn (finished_ms) where emptied = 0 and finished_ms is not null and state = 'done';
__ROOM__
-- Of two indexes over what is to be sent PostgreSQL took either for the way along one address, through the whole backlog for
-- each row of a claim: the one of addresses says in other words what it holds.
drop index outbox_lane;
drop index outbox_due;
create index outbox_due on outbox (channel, due_ms, seq) where state in ('queued', 'sending', 'unknown');
create index outbox_lane on outbox (channel, external, seq) where state not in ('sent', 'delivered', 'read', 'played', 'failed');
