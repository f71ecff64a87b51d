-- A call with an effect outside this database is noted as 'started' before it, 'done' with its result, and 'waiting' while it
-- waits for somebody. The approval that it ran under stands with it: a repeat after a crash runs under the same one.
alter table journal add column question_id text;
