//! Words of messages, found by an index that is filled in the background: a message is looked for some seconds after it was
//! said, and neither a webhook nor a turn waits for it. What people type into a search is only ever text.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    clock::Millis,
    message::{self, Part},
    spelling,
};

use crate::{Error, Store, Tx, args, db::Row, setting};

/// How far the index was filled.
const FILLED: &str = "search.filled";
/// What has to pass before it is filled further; see [`Mark`].
const MARK: &str = "search.mark";
/// Makes whoever fills take turns.
const FILL: i64 = 1020;
/// Messages of one transaction.
pub const BATCH: usize = 500;
/// From taking a mark to trusting it.
const SETTLED: Duration = Duration::from_secs(5);
/// Words and letters of one message that are found.
const WORDS: usize = 1_000;
/// Words of a search, and letters of one.
const ASKED: usize = 8;
const LETTERS: usize = 48;

/// Indexes up to [`BATCH`] messages that came since, and as many that were passed over; says how many.
///
/// # Errors
/// [`Error::Database`].
pub async fn fill(store: &Store, now: Millis) -> Result<usize, Error> {
    let mut tx = store.reader();
    let filled = position(&mut tx).await?;
    if ahead(&mut tx, filled, 1).await?.is_empty() && !moves(&mut tx, filled, now).await? {
        return Ok(0);
    }
    store
        .write(move |tx| {
            Box::pin(async move {
                tx.one_at_a_time(FILL).await?;
                tx.walk_indexes().await?;
                let filled = position(tx).await?;
                let rows = ahead(tx, filled, limit()).await?;
                put(tx, &rows).await?;
                let late = settle(tx, filled, &rows, now).await?;
                Ok(rows.len() + late)
            })
        })
        .await
}

/// A batch, as a statement takes it.
fn limit() -> i64 {
    i64::try_from(BATCH).unwrap_or(i64::MAX)
}

async fn position(tx: &mut Tx) -> Result<i64, Error> {
    Ok(setting::get(tx, FILLED).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Messages after the last that is indexed, with their words. On Postgres one may be passed over by that: see [`settle`].
async fn ahead(tx: &mut Tx, filled: i64, limit: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = if tx.is_postgres() {
        "SELECT m.seq, m.parts FROM message m
         WHERE m.seq > $1 AND m.seq > COALESCE((SELECT MAX(w.seq) FROM message_words w), 0) ORDER BY m.seq LIMIT $2"
    } else {
        "SELECT m.seq, m.parts FROM message m
         WHERE m.seq > $1 AND NOT EXISTS (SELECT 1 FROM message_words w WHERE w.rowid = m.seq) ORDER BY m.seq LIMIT $2"
    };
    read(&tx.rows(sql, args![filled, limit]).await?)
}

/// Messages after `filled` up to `upto` that were passed over: they were numbered before one that was seen, and seen after it.
async fn behind(tx: &mut Tx, filled: i64, upto: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT m.seq, m.parts FROM message m WHERE m.seq > $1 AND m.seq <= $2
                 AND (SELECT w.seq FROM message_words w WHERE w.seq = m.seq) IS NULL ORDER BY m.seq LIMIT $3";
    read(&tx.rows(sql, args![filled, upto, limit()]).await?)
}

fn read(rows: &[Row]) -> Result<Vec<(i64, String)>, Error> {
    let words = |row: &Row| {
        let parts: Vec<Part> = row.json("parts")?;
        Ok((row.get("seq")?, words_of(&parts)))
    };
    rows.iter().map(words).collect()
}

async fn put(tx: &mut Tx, rows: &[(i64, String)]) -> Result<(), Error> {
    let sql = if tx.is_postgres() {
        "INSERT INTO message_words (seq, words)
         SELECT CAST(r ->> 0 AS BIGINT), array_to_tsvector(string_to_array(r ->> 1, ' '))
         FROM json_array_elements(CAST($1 AS json)) AS r
         ON CONFLICT (seq) DO NOTHING"
    } else {
        "INSERT INTO message_words (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each($1)"
    };
    tx.run(sql, args![serde_json::json!(rows).to_string()]).await?;
    Ok(())
}

/// Indexes a message anew whose words were changed, if it was indexed.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn renew(tx: &mut Tx, id: &str, parts: &[Part]) -> Result<(), Error> {
    let (find, forget) = if tx.is_postgres() {
        (
            "SELECT m.seq FROM message m JOIN message_words w ON w.seq = m.seq WHERE m.id = $1",
            "DELETE FROM message_words WHERE seq = $1",
        )
    } else {
        (
            "SELECT m.seq FROM message m JOIN message_words w ON w.rowid = m.seq WHERE m.id = $1",
            "DELETE FROM message_words WHERE rowid = $1",
        )
    };
    let Some(row) = tx.row(find, args![id]).await? else { return Ok(()) };
    let seq: i64 = row.get("seq")?;
    tx.run(forget, args![seq]).await?;
    put(tx, &[(seq, words_of(parts))]).await
}

/// How far the numbers of messages went at a moment, and the first transaction that had not begun then.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
struct Mark {
    seq: i64,
    transaction: i64,
    at: Millis,
}

impl Mark {
    /// Whether another one is due: a transaction takes its number after the message has got its own, but not so long after.
    fn is_old(self, now: Millis) -> bool {
        now.0 >= self.at.0.saturating_add(i64::try_from(SETTLED.as_millis()).unwrap_or(i64::MAX))
    }
}

async fn mark(tx: &mut Tx) -> Result<Option<Mark>, Error> {
    // One that cannot be read is made anew.
    Ok(setting::get(tx, MARK).await?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Up to where nothing can come any more; `None` where that cannot be said yet.
async fn settled(tx: &mut Tx, now: Millis) -> Result<Option<i64>, Error> {
    let marked = mark(tx).await?;
    if marked.is_some_and(|mark| !mark.is_old(now)) {
        return Ok(None);
    }
    let sql = "SELECT CAST(CAST(pg_snapshot_xmin(s.now) AS TEXT) AS BIGINT) AS oldest,
                      CAST(CAST(pg_snapshot_xmax(s.now) AS TEXT) AS BIGINT) AS next,
                      COALESCE((SELECT MAX(seq) FROM message), 0) AS seq
               FROM (SELECT pg_current_snapshot() AS now) AS s";
    let Some(row) = tx.row(sql, Vec::new()).await? else { return Ok(None) };
    let oldest: i64 = row.get("oldest")?;
    let fresh = Mark { seq: row.get("seq")?, transaction: row.get("next")?, at: now };
    match marked {
        // Who had a lower number in hand is still at it.
        Some(mark) if oldest < mark.transaction => Ok(None),
        passed => {
            setting::put(tx, MARK, &serde_json::json!(fresh).to_string()).await?;
            Ok(passed.map(|mark| mark.seq))
        }
    }
}

/// Whether the position has to be looked at, though nothing is to be indexed.
async fn moves(tx: &mut Tx, filled: i64, now: Millis) -> Result<bool, Error> {
    if tx.is_postgres() && mark(tx).await?.is_some_and(|mark| !mark.is_old(now)) {
        return Ok(false);
    }
    Ok(tx.row("SELECT seq FROM message WHERE seq > $1 LIMIT 1", args![filled]).await?.is_some())
}

/// Moves the position behind what is settled, and indexes what was passed over until there; says how many that were. With
/// SQLite's one writer numbers become visible in their order, and nothing is passed over.
async fn settle(tx: &mut Tx, filled: i64, rows: &[(i64, String)], now: Millis) -> Result<usize, Error> {
    if !tx.is_postgres() {
        let last = match rows.last() {
            Some((seq, _)) => Some(*seq),
            None => tx
                .row("SELECT COALESCE(MAX(seq), 0) AS seq FROM message", Vec::new())
                .await?
                .map(|row| row.get("seq"))
                .transpose()?,
        };
        moved(tx, filled, last.unwrap_or(filled)).await?;
        return Ok(0);
    }
    let Some(upto) = settled(tx, now).await?.filter(|upto| *upto > filled) else { return Ok(0) };
    let late = behind(tx, filled, upto).await?;
    put(tx, &late).await?;
    if late.len() < BATCH {
        moved(tx, filled, upto).await?;
    }
    Ok(late.len())
}

async fn moved(tx: &mut Tx, filled: i64, to: i64) -> Result<(), Error> {
    if to > filled { setting::put(tx, FILLED, &to.to_string()).await } else { Ok(()) }
}

/// Each word once, folded; an empty text for a message without words.
fn words_of(parts: &[Part]) -> String {
    let mut text = message::words(parts);
    for part in parts {
        if let Part::Media(media) = part {
            let more = [&media.name, &media.caption].into_iter().flatten();
            more.for_each(|more| {
                text.push(' ');
                text.push_str(more);
            });
        }
    }
    let folded = spelling::fold(&text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: BTreeSet<String> =
        words.take(WORDS).map(|word| word.chars().take(LETTERS).collect()).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// Fewer digits name no number.
const LEAST_DIGITS: usize = 3;
/// Longer than any word that is indexed.
const NO_WORD: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// What somebody typed into a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    folded: String,
    words: Vec<String>,
    digits: String,
}

impl Words {
    /// `None` where nothing was typed that can be looked for.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // A username is written with what is no part of it.
        let text = text.trim_start().trim_start_matches('@');
        let folded: String = spelling::fold(text).chars().filter(|c| !c.is_control()).take(200).collect();
        let words: Vec<String> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(ASKED)
            .map(|word| word.chars().take(LETTERS).collect())
            .collect();
        // A number as people write it; a name with a number in it is none.
        let number = folded.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-/().".contains(c));
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let digits = if number && digits.len() >= LEAST_DIGITS { digits } else { String::new() };
        let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        (!folded.is_empty()).then_some(Self { folded, words, digits })
    }

    /// For `LIKE ... ESCAPE '!'`: the text anywhere.
    pub(crate) fn contained(&self) -> String {
        let mut pattern = String::from("%");
        for c in self.folded.chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
    }

    /// For `LIKE`: the digits anywhere, without what stands before them within a country; empty for no number.
    pub(crate) fn digits(&self) -> String {
        let digits = self.digits.strip_prefix("00").or_else(|| self.digits.strip_prefix('0'));
        let digits = digits.unwrap_or(&self.digits);
        if digits.is_empty() { String::new() } else { format!("%{digits}%") }
    }

    /// For `LIKE` with what keeps the last `most` digits of a number alone.
    pub(crate) fn last_digits(&self, most: usize) -> String {
        let digits = self.digits();
        let digits = digits.trim_matches('%');
        match digits.get(digits.len().saturating_sub(most)..) {
            None | Some("") => String::new(),
            Some(last) => format!("%{last}%"),
        }
    }

    /// For the index: all words, the last perhaps not finished.
    pub(crate) fn query(&self, postgres: bool) -> String {
        // Words are letters and digits alone: nothing in them means anything to either database.
        let nothing = [NO_WORD.to_owned()];
        let words = if self.words.is_empty() { &nothing[..] } else { &self.words };
        let Some((last, before)) = words.split_last() else { return String::new() };
        let whole = |word: &String| if postgres { format!("'{word}'") } else { format!("\"{word}\"") };
        let mut words: Vec<String> = before.iter().map(whole).collect();
        words.push(match (last.chars().count() >= 2, postgres) {
            (true, true) => format!("'{last}':*"),
            (true, false) => format!("\"{last}\"*"),
            (false, _) => whole(last),
        });
        words.join(if postgres { " & " } else { " " })
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
