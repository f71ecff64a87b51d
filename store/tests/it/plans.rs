//! What a claim reads on Postgres: a few entries of an index for each row it takes, however long the backlog is and whatever
//! the statistics of its tables say (those of a queue say that it is empty). SQLite keeps a plan for each statement.

use domain::{address::ChannelName, outbound::Content};
use plumbline_store::{Error, Tx, args, inbox, outbox};

use crate::{
    belt::{NOW, arrival, begin, later, send},
    db::on_each,
};

const ADDRESSES: usize = 150;
const EACH: usize = 3;
/// Rounds enough that the server settles on a plan for good.
const ROUNDS: usize = 10;
const TAKES: i64 = 8;
/// Entries that a taken row may cost.
const ENTRIES: i64 = 40;

/// Entries of the indexes of `table` that this transaction has read so far.
async fn entries(tx: &mut Tx, table: &str) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(pg_stat_get_xact_tuples_returned(i.indexrelid)), 0) AS BIGINT) AS n
               FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname = $1";
    tx.row(sql, args![table]).await?.map_or(Ok(0), |row| row.get("n"))
}

/// The claim of both queues, so many times; how many rows they took.
async fn claim(tx: &mut Tx) -> Result<(usize, usize), Error> {
    let channel = ChannelName::terminal("technician");
    let (mut sent, mut taken) = (0, 0);
    for _ in 0..ROUNDS {
        sent += outbox::claim(tx, &channel, NOW, later(60_000), TAKES).await?.len();
        taken += inbox::claim(tx, NOW, later(60_000), TAKES).await?.len();
    }
    Ok((sent, taken))
}

#[tokio::test]
async fn a_claim_reads_what_it_takes_and_not_the_backlog() {
    on_each("plans", |db| async move {
        if db.store.kind() == "sqlite" {
            return;
        }
        let mut talks = Vec::with_capacity(ADDRESSES);
        for n in 0..ADDRESSES {
            talks.push(begin(&db, &format!("address-{n}")).await);
        }
        let ids = db.ids.clone();
        let claims = db.store.write(move |tx| {
            Box::pin(async move {
                // The plans are made while nothing waits.
                claim(tx).await?;
                for each in 0..EACH {
                    for (n, talk) in talks.iter().enumerate() {
                        let words = Content::Text { text: "soon".to_owned() };
                        outbox::put(tx, &ids, &send(&format!("{n}-{each}"), talk, words), NOW).await?;
                        let one = arrival(&format!("lane-{n}"), &format!("{n}-{each}"));
                        inbox::put(tx, &ids, &one, NOW).await?;
                    }
                }
                let before = (entries(tx, "outbox").await?, entries(tx, "inbox").await?);
                let (sent, taken) = claim(tx).await?;
                let (outbox, inbox) = (entries(tx, "outbox").await?, entries(tx, "inbox").await?);
                Ok([("outbox", sent, outbox - before.0), ("inbox", taken, inbox - before.1)])
            })
        });
        for (table, rows, read) in claims.await.unwrap() {
            assert!(rows >= ROUNDS, "{rows} rows of {table} were taken");
            let most = ENTRIES * i64::try_from(rows).unwrap();
            assert!(read > 0 && read <= most, "{table}: {read} entries of indexes were read for {rows} rows");
        }
    })
    .await;
}
