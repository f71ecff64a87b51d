//! What is used up of the allowances of channels that have a pace. Decides nothing: that is `domain::pace`'s. Read and
//! written in the transaction of a claim, which takes turns, so two processes never use the same allowance.

use domain::{
    address::{Address, ChannelName},
    clock::Millis,
    pace::Used,
};

use crate::{Error, Tx, args};

/// The row of the whole channel.
const WHOLE: &str = "";

/// # Errors
/// [`Error::Database`].
pub async fn of_channel(tx: &mut Tx, channel: &ChannelName) -> Result<Used, Error> {
    get(tx, channel, WHOLE).await
}

/// # Errors
/// [`Error::Database`].
pub async fn of_address(tx: &mut Tx, address: &Address) -> Result<Used, Error> {
    get(tx, &address.channel, &address.external).await
}

async fn get(tx: &mut Tx, channel: &ChannelName, external: &str) -> Result<Used, Error> {
    let row = tx
        .row(
            "SELECT full_us, last_ms FROM pace WHERE channel = $1 AND external = $2",
            args![channel.as_str(), external],
        )
        .await?;
    let Some(row) = row else { return Ok(Used::default()) };
    Ok(Used { full_at_us: row.get("full_us")?, last: Millis(row.get("last_ms")?) })
}

/// # Errors
/// [`Error::Database`].
pub async fn set_of_channel(tx: &mut Tx, channel: &ChannelName, used: Used) -> Result<(), Error> {
    set(tx, channel, WHOLE, used).await
}

/// # Errors
/// [`Error::Database`].
pub async fn set_of_address(tx: &mut Tx, address: &Address, used: Used) -> Result<(), Error> {
    set(tx, &address.channel, &address.external, used).await
}

async fn set(tx: &mut Tx, channel: &ChannelName, external: &str, used: Used) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO pace (channel, external, full_us, last_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (channel, external) DO UPDATE SET full_us = excluded.full_us, last_ms = excluded.last_ms",
        args![channel.as_str(), external, used.full_at_us, used.last],
    )
    .await?;
    Ok(())
}
