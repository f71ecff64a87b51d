//! What is used up of the allowances of channels that have a pace. Decides nothing: that is `domain::pace`'s. Read and
//! written in the transaction of a claim, which takes turns, so two processes never use the same allowance.

use std::collections::HashMap;

use domain::{address::ChannelName, clock::Millis, pace::Used};
use serde_json::{Value, json};

use crate::{
    Error, Tx, among, args,
    db::{Query, Row, among::list},
};

/// The row of the whole channel.
const WHOLE: &str = "";

/// What is used up of the whole channel.
#[must_use]
pub fn of_channel(channel: &ChannelName) -> Query<Used> {
    let sql = "SELECT full_us, last_ms FROM pace WHERE channel = $1 AND external = $2";
    Query::row(sql, args![channel.as_str(), WHOLE], used).map(Option::unwrap_or_default)
}

/// What is used up of each of `people`, by their external id; of those who are not in it nothing is.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_people(
    tx: &mut Tx,
    channel: &ChannelName,
    people: &[&str],
) -> Result<HashMap<String, Used>, Error> {
    let sql =
        among!(tx, "SELECT external, full_us, last_ms FROM pace WHERE channel = $1 AND external", "$2", "");
    let rows = tx.rows(sql, args![channel.as_str(), list(people.iter().copied())]).await?;
    rows.iter().map(|row| Ok((row.get("external")?, used(row)?))).collect()
}

fn used(row: &Row) -> Result<Used, Error> {
    Ok(Used { full_at_us: row.get("full_us")?, last: Millis(row.get("last_ms")?) })
}

/// Notes what is used up of the channel by now, and of each person of `people`.
///
/// # Errors
/// [`Error::Database`].
pub async fn set(
    tx: &mut Tx,
    channel: &ChannelName,
    whole: Used,
    people: &[(&str, Used)],
) -> Result<(), Error> {
    let all = people.iter().copied().chain([(WHOLE, whole)]);
    let rows: Vec<Value> =
        all.map(|(external, used)| json!([external, used.full_at_us, used.last])).collect();
    let sql = if tx.is_postgres() {
        "INSERT INTO pace (channel, external, full_us, last_ms)
         SELECT $1, r ->> 0, CAST(r ->> 1 AS BIGINT), CAST(r ->> 2 AS BIGINT)
         FROM json_array_elements(CAST($2 AS json)) AS r
         ON CONFLICT (channel, external) DO UPDATE SET full_us = excluded.full_us, last_ms = excluded.last_ms"
    } else {
        "INSERT INTO pace (channel, external, full_us, last_ms)
         SELECT $1, value ->> 0, value ->> 1, value ->> 2 FROM json_each($2) WHERE true
         ON CONFLICT (channel, external) DO UPDATE SET full_us = excluded.full_us, last_ms = excluded.last_ms"
    };
    tx.run(sql, args![channel.as_str(), Value::from(rows).to_string()]).await?;
    Ok(())
}
