-- Up to when all that was said in a conversation is forgotten.
alter table thread add column forgotten_ms bigint not null default 0;
