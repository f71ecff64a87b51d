-- A legal hold: since when all that is kept of a person stays, whatever its age; zero for none.
alter table contact add column hold_ms bigint not null default 0;
-- Few people are on hold among many.
create index contact_hold on contact (id) where hold_ms > 0;

-- The audit log is forgotten from its beginning: the last entry that was, and the hash from which the chain goes on.
alter table audit_head add column cut bigint not null default 0;
alter table audit_head add column cut_hash text not null default '';
