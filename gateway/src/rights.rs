//! The rights of a data subject, with the files beside the database: everything about a person, or about a customer who never
//! wrote, as one archive, and taking it away. Who may ask is the caller's to know; what is whose is `store::rights`.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use domain::{
    clock::Millis,
    id::{ContactId, CustomerId, Ids},
};
use serde_json::{Value, json};
use store::{
    Store,
    rights::{
        self, Subject, Who, calls, customer,
        erase::{self, Kept, Order},
        export, hold,
        open::{self, Open},
    },
};
use tokio::sync::mpsc;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Parts that wait to be written.
const WAITING: usize = 4;
/// Files of one person in an archive.
const FILES: usize = 100_000;

/// Why nothing, or not all, was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such contact")]
    Nobody,
    #[error("there is no such customer")]
    NoCustomer,
    /// The customer writes: everything of theirs hangs on the contact.
    #[error("the customer {customer} is a person who writes, the contact {contact}: ask for that one")]
    Writes { customer: CustomerId, contact: ContactId },
    #[error("{}", sentence(.0))]
    StillOpen(Vec<Open>),
    #[error("a legal hold stands: nothing of them may go before it is lifted")]
    OnHold,
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("{what}: {why}; mend it and do it again")]
    File { what: String, why: io::Error },
}

/// What is open, as one sentence that names it and the mend.
fn sentence(open: &[Open]) -> String {
    const NAMED: usize = 10;
    let mut named: Vec<String> = open
        .iter()
        .take(NAMED)
        .map(|one| match one {
            Open::Job(id) => format!("the job {id} is open"),
            Open::User { name, .. } => format!("{name} works at the console"),
            Open::Question(id) => format!("the question {id} waits for their answer"),
        })
        .collect();
    if open.len() > NAMED {
        named.push(format!("and {} more", open.len() - NAMED));
    }
    format!("{}: settle it first, or say that it may be erased despite that", named.join(", "))
}

/// Everything that is theirs.
///
/// # Errors
/// [`Error::Nobody`], [`Error::NoCustomer`], [`Error::Writes`].
pub async fn subject(store: &Store, who: &Who) -> Result<Subject, Error> {
    let mut tx = store.reader();
    let id = match who {
        Who::Contact(id) => return rights::subject(&mut tx, id).await?.ok_or(Error::Nobody),
        Who::Customer(id) => id,
    };
    if let Some(contact) = customer::persons(&mut tx, id).await?.into_iter().next() {
        return Err(Error::Writes { customer: id.clone(), contact });
    }
    customer::alone(&mut tx, id).await?.ok_or(Error::NoCustomer)
}

/// Whether `who` may be asked for.
///
/// # Errors
/// [`Error`].
pub async fn known(store: &Store, who: &Who) -> Result<(), Error> {
    subject(store, who).await.map(|_| ())
}

/// What would stay of `who`, were they erased now, and what is open of theirs. Changes nothing.
///
/// # Errors
/// [`Error`].
pub async fn before(store: &Store, who: &Who) -> Result<(Kept, Vec<Open>), Error> {
    let subject = subject(store, who).await?;
    let mut tx = store.reader();
    Ok((erase::left(&mut tx, &subject).await?, open::all_of(&mut tx, &subject).await?))
}

/// One file of the archive.
enum Part {
    Text(String, String),
    Copy(String, PathBuf),
}

/// Writes all that is kept about `who` to `out`, as a zip archive: JSON documents, and the files of their messages that lie
/// in `folder`.
///
/// # Errors
/// [`Error`].
pub async fn export(store: &Store, who: &Who, folder: &Path, out: File, now: Millis) -> Result<(), Error> {
    let subject = subject(store, who).await?;
    let (sender, parts) = mpsc::channel(WAITING);
    let writing = tokio::task::spawn_blocking(move || write(out, parts));
    let told = tell(store, &subject, folder, &sender, now).await;
    drop(sender);
    let written = writing.await.map_err(|error| io::Error::other(error.to_string())).and_then(|done| done);
    told?;
    written.map_err(|why| Error::File { what: "the archive could not be written".to_owned(), why })
}

async fn tell(
    store: &Store,
    subject: &Subject,
    folder: &Path,
    sender: &mpsc::Sender<Part>,
    now: Millis,
) -> Result<(), Error> {
    let mut tx = store.reader();
    for (name, document) in export::documents(&mut tx, subject).await? {
        sender.send(Part::Text(name.to_owned(), format!("{document:#}"))).await.map_err(|_| stopped())?;
    }
    let mut copies = Copies { folder, sender, copied: Vec::new(), missing: Vec::new() };
    let (calls, recordings) = calls::document(&mut tx, subject).await?;
    sender.send(Part::Text("calls.json".to_owned(), format!("{calls:#}"))).await.map_err(|_| stopped())?;
    for path in recordings {
        copies.take(&path).await?;
    }
    let (mut after, mut number) = (0, 0);
    loop {
        let page = export::messages(&mut tx, subject, after).await?;
        if page.messages.is_empty() {
            break;
        }
        (after, number) = (page.after, number + 1);
        let text = format!("{:#}", json!(page.messages));
        sender.send(Part::Text(format!("messages-{number:04}.json"), text)).await.map_err(|_| stopped())?;
        for path in page.files {
            copies.take(&path).await?;
        }
    }
    let (contact, customer) = match &subject.who {
        Who::Contact(id) => (Some(id), None),
        Who::Customer(id) => (None, Some(id)),
    };
    let about = json!({
        "contact": contact, "customer": customer, "at": format!("{:.3}", now.timestamp()), "files": copies.copied,
        "files_not_kept": copies.missing,
        "says": "Everything kept about this person here, times in milliseconds since 1970.",
    });
    sender.send(Part::Text("about.json".to_owned(), format!("{about:#}"))).await.map_err(|_| stopped())
}

/// Whoever writes stopped: it says why.
fn stopped() -> Error {
    Error::Store(store::Error::Closed)
}

/// The files that go along.
struct Copies<'t> {
    folder: &'t Path,
    sender: &'t mpsc::Sender<Part>,
    copied: Vec<Value>,
    missing: Vec<String>,
}

impl Copies<'_> {
    async fn take(&mut self, path: &str) -> Result<(), Error> {
        let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or("file").to_owned();
        match inside(self.folder, path) {
            Some(file) if self.copied.len() < FILES => {
                let name = format!("media/{:05}-{name}", self.copied.len() + 1);
                self.copied.push(json!({ "named": path, "file": name }));
                self.sender.send(Part::Copy(name, file)).await.map_err(|_| stopped())
            }
            _ => {
                self.missing.push(name);
                Ok(())
            }
        }
    }
}

fn write(out: File, mut parts: mpsc::Receiver<Part>) -> io::Result<()> {
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    let mut archive = ZipWriter::new(out);
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::Text(name, text) => {
                archive.start_file(name, options)?;
                archive.write_all(text.as_bytes())?;
            }
            Part::Copy(name, path) => {
                archive.start_file(name, options)?;
                io::copy(&mut File::open(path)?, &mut archive)?;
            }
        }
    }
    archive.finish()?.sync_all()
}

/// The file at `path`, if it is there and lies in `folder`: what a message names elsewhere is none of ours.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let path = Path::new(path).canonicalize().ok()?;
    path.starts_with(folder).then_some(path)
}

/// Erases `who`, whoever asked for it; refused while something of theirs is open, unless `despite_open`, and on hold always.
///
/// # Errors
/// [`Error`]. What was begun is ended by the next call.
pub async fn erase(
    store: &Store,
    ids: &Ids,
    who: &Who,
    folder: &Path,
    order: &Order,
    despite_open: bool,
) -> Result<Kept, Error> {
    let subject = subject(store, who).await?;
    let open = open::all_of(&mut store.reader(), &subject).await?;
    if hold::covers(&mut store.reader(), &subject).await? {
        return Err(Error::OnHold);
    }
    if !open.is_empty() && !despite_open {
        return Err(Error::StillOpen(open));
    }
    let remove = |path: &str| {
        let Some(file) = inside(folder, path) else { return Ok(()) };
        match std::fs::remove_file(file) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                Err(Error::File { what: "a file of a message could not be removed".to_owned(), why })
            }
            _ => Ok(()),
        }
    };
    erase::all_of(store, ids, &subject, order, remove).await?.ok_or(Error::OnHold)
}
