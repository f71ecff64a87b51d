-- What was erased is a part of its own, which each reader words; until now it was a text like any other.
update message set parts = '[{"type":"erased"}]' where parts = '[{"type":"text","text":"[erased]"}]';
