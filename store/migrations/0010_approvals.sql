-- Questions that a role answers, as staff list them: those to a technician about a report have none.
alter table question add column role text;
update question set role = 'office' where purpose not like '{"purpose":"ask"%';
create index question_role on question (role, state, asked_ms, id) where role is not null;
create index job_created on job (created_ms, id);
