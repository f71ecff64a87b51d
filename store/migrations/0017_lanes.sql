-- What is due, oldest first, and a lane's rows in their order: a claim looks at neither the rest of the backlog nor at what
-- is held. Of two indexes over what waits PostgreSQL takes either for the way through a lane, since by its statistics both
-- are empty; so those of the lanes and the conversations say in other words which rows they hold.
drop index inbox_pending;
drop index inbox_lane;
create index inbox_due on inbox (due_ms, seq) where state = 'pending';
create index inbox_lane on inbox (lane, seq, due_ms) where state not in ('done', 'dead');
drop index turn_conversation;
create index turn_conversation on turn (conversation_id, seq) where state not in ('done', 'failed');
