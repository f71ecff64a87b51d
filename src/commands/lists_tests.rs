//! People, customers and queues from the command line: what is printed, what is kept, what is refused whole.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::contact::Role;
use tempfile::TempDir;

use super::*;
use crate::{
    cli::{ContactCommand, CustomersCommand, QueueCommand, UsersCommand},
    settings::Sources,
};

struct House {
    folder: TempDir,
    settings: Settings,
}

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/house.db", folder.path().display());
    let variables = BTreeMap::from([("DATABASE_URL".to_owned(), url)]);
    let settings = Settings::load(&Sources { variables, ..Sources::default() }).unwrap();
    House { folder, settings }
}

impl House {
    fn file(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("list.csv");
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn users(&self, command: UsersCommand) -> Result<String, Failure> {
        let mut out = Vec::new();
        users::run(&self.settings, command, &mut out).await.map(|()| String::from_utf8(out).unwrap())
    }

    async fn customers(&self, command: CustomersCommand) -> Result<String, Failure> {
        let mut out = Vec::new();
        customers::run(&self.settings, command, &mut out).await.map(|()| String::from_utf8(out).unwrap())
    }

    async fn contact(&self, command: ContactCommand) -> Result<String, Failure> {
        let mut out = Vec::new();
        contact::run(&self.settings, command, &mut out).await.map(|()| String::from_utf8(out).unwrap())
    }

    async fn queue(&self, command: QueueCommand) -> Result<String, Failure> {
        let mut out = Vec::new();
        queue::run(&self.settings, command, &mut out).await.map(|()| String::from_utf8(out).unwrap())
    }
}

#[tokio::test]
async fn people_are_imported_added_and_listed() {
    let house = house();
    assert!(house.users(UsersCommand::List).await.unwrap().starts_with("Nobody is registered"));
    let list = "phone,name,role\n+49 30 23125 001,Frank,technician\n030 23125 002,Sabine,office\n030 23125 002,Sabine,technician\n";
    assert_eq!(
        house.users(UsersCommand::Import { file: house.file(list) }).await.unwrap(),
        "2 people registered.\n"
    );
    let add = UsersCommand::Add {
        phone: "0049 30 23125 003".into(),
        name: " Jörg ".into(),
        role: vec![Role::Office],
    };
    assert_eq!(house.users(add).await.unwrap(), "Jörg is registered under 493023125003.\n");
    insta::assert_snapshot!(house.users(UsersCommand::List).await.unwrap(), @r"
    name    roles              reached by
    Frank   technician         +493023125001
    Jörg    office             +493023125003
    Sabine  office+technician  +493023125002
    ");
}

#[tokio::test]
async fn a_list_with_bad_rows_is_refused_whole_and_each_row_named() {
    let house = house();
    let list = "phone,name,role\n+49 30 23125 001,Frank,technician\n12,Short,office\n+49 30 23125 004,,office\n+49 30 23125 005,Eve,boss\n";
    let refused = house.users(UsersCommand::Import { file: house.file(list) }).await.unwrap_err();
    let said = refused.to_string();
    assert_eq!(refused.code(), 1);
    for line in ["line 3", "line 4", "line 5"] {
        assert!(said.contains(line), "{said}");
    }
    assert!(house.users(UsersCommand::List).await.unwrap().starts_with("Nobody is registered"));
    let add = UsersCommand::Add { phone: "call me".into(), name: "X".into(), role: vec![Role::Office] };
    let refused = house.users(add).await.unwrap_err();
    assert_eq!(refused.code(), 2);
    assert!(refused.to_string().starts_with("--phone is \"call me\": "), "{refused}");
    let nowhere = UsersCommand::Import { file: house.folder.path().join("nowhere.csv") };
    let refused = house.users(nowhere).await.unwrap_err().to_string();
    assert!(refused.contains("nowhere.csv cannot be read: "), "{refused}");
}

#[tokio::test]
async fn customers_are_imported_and_listed() {
    let house = house();
    assert!(house.customers(CustomersCommand::List).await.unwrap().starts_with("There are no customers"));
    let list = "customer_id,name,street,postal_code,city,phone,email,contract\n789,Klaus Meier,Schillerstrasse 12,10117,Berlin,,,plus\n790,Petra Müller,Gartenweg 3,10623,Berlin,,,\n";
    let imported = house.customers(CustomersCommand::Import { file: house.file(list) }).await.unwrap();
    assert_eq!(imported, "2 customers imported.\n");
    insta::assert_snapshot!(house.customers(CustomersCommand::List).await.unwrap(), @r"
    id   name          address                           contract
    789  Klaus Meier   Schillerstrasse 12, 10117 Berlin  Plus
    790  Petra Müller  Gartenweg 3, 10623 Berlin
    ");
    let bad = "customer_id,name,contract\n1,A,Gold\n";
    let refused =
        house.customers(CustomersCommand::Import { file: house.file(bad) }).await.unwrap_err().to_string();
    assert!(refused.contains("line 2") && refused.contains("Gold"), "{refused}");
}

#[tokio::test]
async fn empty_queues_say_so_and_an_unknown_id_is_refused() {
    let house = house();
    insta::assert_snapshot!(house.queue(QueueCommand::Status).await.unwrap(), @r"
    queue   pending  leased  dead  oldest
    inbox   0        0       0     -
    outbox  0        0       0     -
    turns: 0 due, 0 running, 0 parked
    ");
    assert_eq!(house.queue(QueueCommand::Dead).await.unwrap(), "Nothing failed for good.\n");
    let refused = house.queue(QueueCommand::Retry { id: "no-such".into() }).await.unwrap_err();
    assert_eq!(refused.code(), 1);
    assert!(refused.to_string().contains("plumbline queue dead"), "{refused}");
}

#[tokio::test]
async fn migrating_makes_the_database_and_puts_nothing_into_it() {
    let house = house();
    let mut out = Vec::new();
    migrate::run(&house.settings, &mut out).await.unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "The SQLite database is at the current schema.\n");
    assert!(house.folder.path().join("house.db").exists());
    assert!(house.customers(CustomersCommand::List).await.unwrap().starts_with("There are no customers"));
}

#[tokio::test]
async fn a_token_is_alone_on_stdout_and_a_leaver_is_out_everywhere() {
    let house = house();
    let add = |name: &str, phone: &str| UsersCommand::Add {
        phone: phone.to_owned(),
        name: name.to_owned(),
        role: vec![Role::Office],
    };
    house.users(add("Ana", "+4915112345671")).await.unwrap();
    house.users(add("Ben", "+4915112345672")).await.unwrap();
    house.users(add("Ben", "+4915112345673")).await.unwrap();
    let arguments = crate::cli::TokenArgs {
        user: " Ana ".to_owned(),
        role: domain::staff::ConsoleRole::Dispatcher,
        expires: std::time::Duration::from_secs(3_600),
    };
    let (mut out, mut told) = (Vec::new(), Vec::new());
    token::run(&house.settings, &arguments, &mut out, &mut told).await.unwrap();
    let (out, told) = (String::from_utf8(out).unwrap(), String::from_utf8(told).unwrap());
    assert_eq!((out.lines().count(), out.trim().split('.').count()), (1, 3), "{out}");
    assert!(told.contains("Ana, dispatcher, for 1 hour:") && told.contains("/console/login#"), "{told}");

    let remove = |who: &str| UsersCommand::Remove { who: who.to_owned() };
    let said = house.users(remove("ana")).await.unwrap();
    assert!(said.contains("Ana is no technician") && said.contains("console"), "{said}");
    let again = house.users(remove("Ana")).await.unwrap_err().to_string();
    assert!(again.contains("nobody called Ana works here"), "{again}");
    let which = house.users(remove("Ben")).await.unwrap_err().to_string();
    assert!(which.contains("2 people are called Ben: name one by phone number"), "{which}");
    let said = house.users(remove("0151 12345673")).await.unwrap();
    assert!(said.contains("Ben is no technician"), "{said}");
    let users = store::user::list(&mut open(&house.settings).await.unwrap().reader()).await.unwrap();
    assert!(users.is_empty(), "{users:?}");
    let blank = crate::cli::TokenArgs { user: "  ".to_owned(), ..arguments };
    let refused = token::run(&house.settings, &blank, &mut Vec::new(), &mut Vec::new()).await.unwrap_err();
    assert_eq!(refused.code(), 2);
}

#[tokio::test]
async fn a_customer_who_never_wrote_is_exported_and_erased_by_id_or_number() {
    let house = house();
    let list = "customer_id,name,street,postal_code,city,phone,email,contract\n\
                791,Wilhelmine Storch,Kranichallee 3,10117,Berlin,030 5556677,storch@example.org,\n\
                792,Otto Specht,Ring 1,10117,Berlin,030 5556688,,\n793,Ida Specht,Ring 1,10117,Berlin,030 5556688,,\n";
    house.customers(CustomersCommand::Import { file: house.file(list) }).await.unwrap();
    let archive = house.folder.path().join("storch.zip");
    let export = |id: &str| ContactCommand::Export { id: id.to_owned(), out: archive.clone() };
    let said = house.contact(export("030 5556677")).await.unwrap();
    assert!(said.contains("storch.zip") && said.contains("791") && !said.contains("Storch"), "{said}");
    let both = house.contact(export("030 5556688")).await.unwrap_err().to_string();
    assert!(both.contains("792 and 793: give the id of one"), "{both}");
    let nobody = house.contact(export("794")).await.unwrap_err().to_string();
    assert!(nobody.contains("there is no contact or customer \"794\""), "{nobody}");
    let erase = |id: &str| ContactCommand::Erase { id: id.to_owned(), despite_open: false };
    let said = house.contact(erase("791")).await.unwrap();
    assert!(said.starts_with("791 is erased"), "{said}");
    let listed = house.customers(CustomersCommand::List).await.unwrap();
    assert!(listed.contains("Otto Specht") && !listed.contains("Storch"), "{listed}");
    let said = house.customers(CustomersCommand::Import { file: house.file(list) }).await.unwrap();
    assert!(said.contains("1 left out"), "{said}");
    assert!(house.contact(erase("791")).await.unwrap().starts_with("791 is erased"), "again is no mistake");
}

#[tokio::test]
async fn a_person_is_exported_erased_and_does_not_come_back_with_an_old_file() {
    let house = house();
    let list = "phone,name,role\n+49 30 23125 001,Frank Sauer,technician\n";
    house.users(UsersCommand::Import { file: house.file(list) }).await.unwrap();
    let (id, archive) = ("030 23125001".to_owned(), house.folder.path().join("frank.zip"));
    let export = || ContactCommand::Export { id: id.clone(), out: archive.clone() };
    let said = house.contact(export()).await.unwrap();
    assert!(said.contains("frank.zip") && !said.contains("Frank"), "{said}");
    assert!(std::fs::read(&archive).unwrap().starts_with(b"PK"));
    let again = house.contact(export()).await.unwrap_err().to_string();
    assert!(again.contains("frank.zip"), "a file that is there is not written over: {again}");
    let erase = || ContactCommand::Erase { id: id.clone(), despite_open: false };
    let said = house.contact(erase()).await.unwrap();
    assert!(said.contains("is erased"), "{said}");
    let nobody = house.contact(erase()).await.unwrap_err().to_string();
    assert!(nobody.contains("there is no contact"), "{nobody}");
    let said = house.users(UsersCommand::Import { file: house.file(list) }).await.unwrap();
    assert!(said.contains("1 left out") && said.ends_with("0 people registered.\n"), "{said}");
    let add = UsersCommand::Add { phone: id.clone(), name: "Frank".into(), role: vec![Role::Technician] };
    house.users(add).await.unwrap();
    let said = house.users(UsersCommand::Import { file: house.file(list) }).await.unwrap();
    assert_eq!(said, "1 person registered.\n", "registered by hand, so it is meant");
}
