-- Conversations in the hands of staff are few among many.
create index conversation_held on conversation (owner) where owner <> 'agent';
