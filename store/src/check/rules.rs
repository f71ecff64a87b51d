//! What holds of conversations, turns, questions and deliveries at every moment between two transactions.

use super::Rule;

/// `$2` counts the newest rows of `message`, `turn` and `outbox` that are looked at.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "belongs somewhere",
        says: "a row names a conversation or a turn that is not there",
        sql: "SELECT r.id AS subject, r.parent AS detail FROM (
                SELECT id, conversation_id AS parent FROM (
                  SELECT id, conversation_id FROM message ORDER BY seq DESC LIMIT $2) m
                UNION ALL SELECT id, conversation_id FROM (
                  SELECT id, conversation_id FROM turn ORDER BY seq DESC LIMIT $2) t
                UNION ALL SELECT id, conversation_id FROM (
                  SELECT id, conversation_id FROM outbox ORDER BY seq DESC LIMIT $2) o
                UNION ALL SELECT 'thread', conversation_id FROM thread) r
              WHERE NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = r.parent)
              UNION ALL
              SELECT j.key AS subject, j.turn_id AS detail FROM journal j
              WHERE NOT EXISTS (SELECT 1 FROM turn t WHERE t.id = j.turn_id)
              LIMIT $1",
    },
    Rule {
        name: "one running turn",
        says: "a conversation has several running turns",
        sql: "SELECT conversation_id AS subject, CAST(COUNT(*) AS TEXT) AS detail FROM turn
              WHERE state = 'running' AND $2 = $2 GROUP BY conversation_id HAVING COUNT(*) > 1 LIMIT $1",
    },
    Rule {
        name: "heard by a turn",
        says: "a message waits for a turn and none will come",
        sql: "SELECT m.id AS subject, m.conversation_id AS detail
              FROM message m JOIN conversation c ON c.id = m.conversation_id
              WHERE m.unheard = 1 AND c.owner = 'agent' AND $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM turn t WHERE t.conversation_id = m.conversation_id AND t.state IN ('due', 'running'))
              LIMIT $1",
    },
    Rule {
        name: "parked turn wakes",
        says: "a parked turn waits for nothing that can come",
        sql: "SELECT t.id AS subject, t.conversation_id AS detail FROM turn t
              WHERE t.state = 'parked' AND $2 = $2 AND (
                EXISTS (SELECT 1 FROM wake w WHERE w.turn_id = t.id AND w.result IS NOT NULL)
                OR NOT EXISTS (
                  SELECT 1 FROM wake w WHERE w.turn_id = t.id AND w.result IS NULL AND (
                    w.kind <> 'question' AND w.kind <> 'handoff'
                    OR EXISTS (SELECT 1 FROM question q WHERE q.id = w.of_id AND w.kind = 'question'
                                                          AND q.state = 'open')
                    OR EXISTS (SELECT 1 FROM timer m WHERE m.of_id = w.of_id AND w.kind = 'handoff'
                                                       AND m.kind = 'handoff_patience'))))
              LIMIT $1",
    },
    Rule {
        name: "question answers somebody",
        says: "an open question is not waited for: its answer would be lost",
        sql: "SELECT q.id AS subject, q.turn_id AS detail FROM question q
              WHERE q.state = 'open' AND $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM wake w JOIN turn t ON t.id = w.turn_id
                WHERE w.kind = 'question' AND w.of_id = q.id AND w.result IS NULL
                  AND t.state IN ('parked', 'due', 'running'))
              LIMIT $1",
    },
    Rule {
        name: "question reaches somebody",
        says: "an open question reaches nobody: it was asked of no one, or every delivery of it failed",
        sql: "SELECT q.id AS subject, q.agent AS detail FROM question q
              WHERE q.state = 'open' AND $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM asked a JOIN outbox o ON o.id = a.outbox_id
                WHERE a.question_id = q.id AND o.state <> 'failed')
              LIMIT $1",
    },
    Rule {
        name: "question ends",
        says: "an open question has no timer that gives it up",
        sql: "SELECT q.id AS subject, q.turn_id AS detail FROM question q
              WHERE q.state = 'open' AND $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM timer m WHERE m.kind = 'expire_question' AND m.of_id = q.id)
              LIMIT $1",
    },
    Rule {
        name: "turn answered",
        says: "a turn ended well, no reason against it, and said nothing",
        sql: "SELECT t.id AS subject, t.conversation_id AS detail
              FROM (SELECT id, conversation_id FROM turn
                    WHERE state = 'done' AND reason IS NULL AND machine <> '{}' ORDER BY seq DESC LIMIT $2) t
              JOIN conversation c ON c.id = t.conversation_id
              WHERE c.channel NOT LIKE 'link:%' AND c.channel <> 'console'
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = 'turn:' || t.id)
              LIMIT $1",
    },
    Rule {
        name: "command answered",
        says: "a turn ended and a command that it heard has no answer",
        sql: "SELECT k.id AS subject, t.id AS detail
              FROM command k JOIN message m ON m.id = k.message_id JOIN turn t ON t.id = m.turn_id
              WHERE k.state = 'open' AND t.state IN ('done', 'failed') AND $2 = $2 LIMIT $1",
    },
    Rule {
        name: "effect settled",
        says: "a turn ended well and a call of it was never settled",
        sql: "SELECT j.turn_id AS subject, j.name || ' ' || j.key AS detail
              FROM (SELECT id FROM turn WHERE state = 'done' ORDER BY seq DESC LIMIT $2) t
              JOIN journal j ON j.turn_id = t.id
              WHERE j.state <> 'done' LIMIT $1",
    },
    Rule {
        name: "said in order",
        says: "words were sent before earlier words of the same turn",
        sql: "SELECT o.id AS subject, o.turn_id AS detail FROM outbox o
              WHERE o.state = 'queued' AND o.fence = 0 AND o.turn_id IS NOT NULL AND $2 = $2 AND EXISTS (
                SELECT 1 FROM outbox n
                WHERE n.channel = o.channel AND n.external = o.external AND n.seq > o.seq
                  AND n.turn_id = o.turn_id AND n.fence > 0)
              LIMIT $1",
    },
    Rule {
        name: "sent once",
        says: "the provider knows two rows by one id",
        sql: "SELECT o.provider_id AS subject, MIN(o.id) AS detail
              FROM (SELECT id, provider_id, channel FROM outbox
                    WHERE provider_id IS NOT NULL ORDER BY seq DESC LIMIT $2) o
              WHERE o.channel NOT LIKE 'link:%'
              GROUP BY o.provider_id HAVING COUNT(*) > 1 LIMIT $1",
    },
];
