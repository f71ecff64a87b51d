//! A store that has grown: years of talk written straight into the database, as the house would have left it. SQLite
//! only, while no house runs on it.

use std::path::Path;

use rusqlite::Connection;

/// Messages of each conversation, half of them the agent's.
pub const EACH: u32 = 20;

/// `numbers(n)`: 0 up to the bound value; the statement's `?1`.
macro_rules! numbers {
    ($statement:literal) => {
        concat!(
            "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?1) ",
            $statement
        )
    };
}

/// People, conversations and what was said; `?2` is the time that all of it ended at.
const GROW: [&str; 9] = [
    numbers!(
        "INSERT INTO contact (id, name, roles, language, created_ms)
         SELECT printf('018e0000-0000-7000-8001-%012x', n), 'Person ' || n, 'technician', 'en', ?2 FROM numbers"
    ),
    numbers!(
        "INSERT INTO identity (kind, value, contact_id)
         SELECT 'phone', printf('4917%09d', n), printf('018e0000-0000-7000-8001-%012x', n) FROM numbers
         WHERE ?2 > 0"
    ),
    numbers!(
        "INSERT INTO conversation (id, contact_id, agent, channel, external, owner, language, epoch, last_inbound_ms,
                                   created_ms)
         SELECT printf('018e0000-0000-7000-8002-%012x', n), printf('018e0000-0000-7000-8001-%012x', n), 'field',
                'whatsapp', printf('4917%09d', n), 'agent', 'en', 10, ?2, ?2 FROM numbers"
    ),
    numbers!(
        "INSERT INTO turn (id, conversation_id, agent, state, due_ms, flush_ms, owner_version, machine, created_ms)
         SELECT printf('018e0000-0000-7000-8003-%012x', n), printf('018e0000-0000-7000-8002-%012x', n), 'field',
                'parked', ?2, ?2, 0,
                '{\"version\":1,\"entries\":[{\"entry\":\"heard\",\"text\":\"Done at Meier, Schillerstrasse 12\",\"images\":[]}],'
                || '\"batch\":[],\"waiting_room\":[],\"rounds\":1,\"tool_calls\":1,\"tokens\":900,\"malformed\":0,\"ending\":null}',
                ?2 FROM numbers"
    ),
    numbers!(
        "INSERT INTO wake (turn_id, call_id, kind, of_id)
         SELECT printf('018e0000-0000-7000-8003-%012x', n), 'call_1', 'question',
                printf('018e0000-0000-7000-8004-%012x', n) FROM numbers WHERE ?2 > 0"
    ),
    numbers!(
        "INSERT INTO question (id, turn_id, call_id, agent, purpose, body, state, asked_ms, expires_ms)
         SELECT printf('018e0000-0000-7000-8004-%012x', n), printf('018e0000-0000-7000-8003-%012x', n), 'call_1',
                'field', '{\"purpose\":\"ask\"}', 'Which parts did you use?', 'open', ?2, ?2 + 604800000 FROM numbers"
    ),
    numbers!(
        "INSERT INTO asked (question_id, conversation_id, contact_id, outbox_id, body, choices)
         SELECT printf('018e0000-0000-7000-8004-%012x', n), printf('018e0000-0000-7000-8002-%012x', n),
                printf('018e0000-0000-7000-8001-%012x', n), printf('018e0000-0000-7000-8005-%012x', n * 10),
                'Which parts did you use?', '[]' FROM numbers WHERE ?2 > 0"
    ),
    numbers!(
        "INSERT INTO timer (id, kind, of_id, due_ms)
         SELECT printf('018e0000-0000-7000-8006-%012x', n), 'expire_question',
                printf('018e0000-0000-7000-8004-%012x', n), ?2 + 604800000 FROM numbers"
    ),
    numbers!(
        "INSERT INTO timer (id, kind, of_id, due_ms)
         SELECT printf('018e0000-0000-7000-8007-%012x', n), 'remind_question',
                printf('018e0000-0000-7000-8004-%012x', n), ?2 + 14400000 FROM numbers"
    ),
];

/// What was said, and the rows that brought and sent it; `?1` counts messages, `?3` is how many a conversation has.
const TALK: [&str; 6] = [
    numbers!(
        "INSERT INTO message (id, conversation_id, author, parts, external, unheard, at_ms)
         SELECT printf('018e0000-0000-7000-8008-%012x', n),
                printf('018e0000-0000-7000-8002-%012x', n / ?3),
                CASE n % 2 WHEN 0 THEN '{\"kind\":\"contact\",\"id\":\"018e0000-0000-7000-8001-000000000000\"}'
                           ELSE '{\"kind\":\"agent\",\"id\":\"field\"}' END,
                '[{\"type\":\"text\",\"text\":\"Finished at Meier, Schillerstrasse 12, an hour and a half, two gaskets\"}]',
                printf('wamid.seed%020d', n), 0, ?2 FROM numbers"
    ),
    numbers!(
        "INSERT INTO inbox (id, channel, external, lane, body, state, due_ms, fence, attempts, received_ms)
         SELECT printf('018e0000-0000-7000-8009-%012x', n), 'whatsapp', printf('106540352242922:wamid.seed%020d', n),
                printf('whatsapp:4917%09d', n / ?3), '{\"inbound\":\"message\"}', 'done', ?2, 1, 1, ?2
         FROM numbers WHERE n % 2 = 0"
    ),
    numbers!(
        "INSERT INTO outbox (id, key, conversation_id, channel, external, content, speaker, state, due_ms, fence,
                             attempts, provider_id, created_ms, updated_ms)
         SELECT printf('018e0000-0000-7000-8005-%012x', n / 2), printf('turn:seed%012x', n),
                printf('018e0000-0000-7000-8002-%012x', n / ?3), 'whatsapp', printf('4917%09d', n / ?3),
                '{\"content\":\"text\",\"text\":\"Noted, thank you\"}', 'field', 'read', ?2, 1, 1,
                printf('wamid.seed%020d', n), ?2, ?2
         FROM numbers WHERE n % 2 = 1"
    ),
    numbers!(
        "INSERT INTO event (kind, conversation_id, body, at_ms)
         SELECT 'message', printf('018e0000-0000-7000-8002-%012x', n / ?3),
                printf('{\"message\":\"018e0000-0000-7000-8008-%012x\"}', n), ?2 FROM numbers WHERE ?1 - n <= 50000"
    ),
    // Their words were indexed while they came in.
    "INSERT INTO message_words (rowid, words)
     SELECT seq, 'an and at finished gaskets half hour meier schillerstrasse 12 two' FROM message
     WHERE seq > (SELECT COALESCE(MAX(rowid), 0) FROM message_words) AND ?1 > 0 AND ?2 > 0 AND ?3 > 0",
    "INSERT OR REPLACE INTO setting (key, value)
     SELECT 'search.filled', CAST(MAX(seq) AS TEXT) FROM message WHERE ?1 > 0 AND ?2 > 0 AND ?3 > 0",
];

/// Fills the store at `file`: so many conversations, each with [`EACH`] messages and a parked turn.
pub fn grow(file: &Path, conversations: u32) -> anyhow::Result<()> {
    let database = open(file)?;
    let now = i64::try_from(crate::load::now())? * 1000 - 3_600_000;
    for statement in GROW {
        database.execute(statement, (conversations, now))?;
    }
    for statement in TALK {
        database.execute(statement, (i64::from(conversations) * i64::from(EACH), now, EACH))?;
    }
    Ok(database.execute_batch(CHECKPOINT)?)
}

/// Settles what a flood left in the inbox: nobody waits for it.
pub fn forget_work(file: &Path) -> anyhow::Result<()> {
    let database = open(file)?;
    database.execute_batch(
        "UPDATE inbox SET state = 'done' WHERE state = 'pending';
         UPDATE turn SET state = 'done' WHERE state IN ('due', 'running');",
    )?;
    Ok(database.execute_batch(CHECKPOINT)?)
}

const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

fn open(file: &Path) -> anyhow::Result<Connection> {
    let database = Connection::open(file)?;
    database.execute_batch("PRAGMA synchronous = off; PRAGMA cache_size = -200000;")?;
    Ok(database)
}
