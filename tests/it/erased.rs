//! A technician is erased after a job was reported, asked about, approved and billed by the real road: no column of the
//! database but the invoice's holds his name, his number or his words, and what he writes late brings nothing back.

use std::time::Duration;

use domain::{contact::Role, message::Part};
use gateway::rights;
use store::{
    Store, contact, office,
    rights::{Who, erase::Order},
};

use crate::house::House;

const REPORT: &str = "Done at Meier, Schillerstrasse 12. 1.5h, repaired the sink pipe, 1x Gasket 10-B";

/// Every text of every table but the invoices.
async fn dump(store: &Store) -> Vec<String> {
    let mut tx = store.reader();
    let columns =
        "SELECT m.name AS place, c.name AS column FROM sqlite_master m JOIN pragma_table_info(m.name) c
                   WHERE m.type = 'table' AND m.name NOT LIKE 'message_words%' AND m.name NOT IN ('invoice', '_sqlx_migrations')
                   ORDER BY m.name, c.name";
    let mut texts = Vec::new();
    for row in tx.rows(columns, vec![]).await.unwrap() {
        let (table, column): (String, String) = (row.get("place").unwrap(), row.get("column").unwrap());
        let sql = format!("SELECT CAST({column} AS TEXT) AS text FROM {table} WHERE {column} IS NOT NULL");
        for row in tx.rows(Box::leak(sql.into_boxed_str()), vec![]).await.unwrap() {
            texts.push(format!("{table}.{column}: {}", row.get::<String>("text").unwrap()));
        }
    }
    texts
}

fn traces(dump: &[String]) -> Vec<&String> {
    let of_him = ["Frank", "23125001", "23125 001", "sink pipe", "Done at Meier"];
    dump.iter().filter(|text| of_him.iter().any(|trace| text.contains(trace))).collect()
}

#[tokio::test]
async fn nothing_but_the_invoice_is_left_of_a_technician() {
    let house = House::with(None).await;
    let (play, belt) = (&house.play, &house.play.belt);
    play.writes(Role::Technician, REPORT).await.unwrap();
    let frank = contact::holders(&mut belt.store.reader(), Role::Technician).await.unwrap().remove(0);
    let order = Order { actor: "house".to_owned(), now: belt.now() };
    let (folder, who) = (tempfile::tempdir().unwrap(), Who::Contact(frank.id.clone()));
    play.presses(Role::Technician, "Confirm").await.unwrap();
    let refused = rights::erase(&belt.store, &belt.ids, &who, folder.path(), &order, false).await;
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("the job JOB-789-001 is open"), "{why}");
    play.presses(Role::Office, "Grant").await.unwrap();
    play.presses(Role::Office, "Create").await.unwrap();
    play.writes(Role::Office, "Frank is a good man, ask Frank tomorrow").await.unwrap();
    let invoices = office::invoice::list(&mut belt.store.reader(), 10).await.unwrap();
    assert_eq!(invoices.len(), 1);
    let before = dump(&belt.store).await;
    assert!(traces(&before).len() > 15, "{:?}", traces(&before));
    let late =
        play.arrival(Role::Technician, vec![Part::text("Done at Meier!")], None, "wamid.late".to_owned());
    play.wait(Duration::from_secs(60)).await.unwrap();

    let order = Order { now: belt.now(), ..order };
    let kept = rights::erase(&belt.store, &belt.ids, &who, folder.path(), &order, false).await.unwrap();
    assert_eq!(kept.invoices, [invoices[0].id.0.clone()]);
    let after = dump(&belt.store).await;
    assert_eq!(traces(&after), Vec::<&String>::new());
    assert!(after.iter().any(|text| text.contains("Sabine")), "others stay");
    let same = office::invoice::list(&mut belt.store.reader(), 10).await.unwrap();
    assert_eq!(same, invoices, "bookkeeping is as it was");

    belt.receive(late).await.unwrap();
    play.rest().await.unwrap();
    assert_eq!(traces(&dump(&belt.store).await), Vec::<&String>::new(), "it was sent before");
    play.wait(Duration::from_secs(1)).await.unwrap();
    play.writes(Role::Technician, "Hello, it is me").await.unwrap();
    let holders = contact::holders(&mut belt.store.reader(), Role::Technician).await.unwrap();
    assert!(holders.is_empty(), "whoever writes again is a stranger: {holders:?}");
    house.end().await;
}
