-- Lists of people and customers by name, of what staff brought and never sent, and of what an agent did in a conversation.
create index contact_folded on contact (folded, id) where merged_into is null;
create index customer_folded on customer (folded, id);
create index upload_created on upload (created_ms);
create index turn_of_conversation on turn (conversation_id, seq);
