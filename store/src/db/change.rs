//! A transaction on Postgres. What nobody waits for an answer of is sent together with what is asked next, so that a change
//! goes there and back as often as it asks, not once a statement; a change that comes to a single statement needs neither BEGIN
//! nor COMMIT. Whatever fails fails the whole change.

use futures::future::{BoxFuture, OptionFuture, join_all, join3};
use tokio_postgres::Statement;

use super::{
    bundle::{self, Bundle, Waiting},
    crash,
    pg::{self, Answer, Client, Pool},
    query::Asked,
    tx::Tx,
    value::Val,
};
use crate::error::Error;

/// Statements that wait to be sent; with more they go at once.
const WAITING: usize = 64;

pub struct Change {
    /// `None` once it is over.
    client: Option<Client>,
    waiting: Vec<Waiting>,
    /// Whether the server may have begun it.
    begun: bool,
    /// Whether a statement failed: the server then keeps nothing, and does not call that an error of the commit.
    failed: bool,
    last: Vec<Last>,
}

/// A part of a change that is done at its end.
pub(super) type Last = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<(), Error>> + Send>;

/// What is sent before the statements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Begin,
    Nothing,
}

impl Change {
    pub(super) async fn begin(pool: &Pool) -> Result<Self, Error> {
        let client = Some(pg::free(pool).await?);
        Ok(Self { client, waiting: Vec::new(), begun: false, failed: false, last: Vec::new() })
    }

    /// Sends `sql` with what is asked next. Its failure is told there, or by the commit.
    pub(super) async fn run(&mut self, sql: &'static str, args: Vec<Val>) -> Result<(), Error> {
        self.put(Waiting { sql, args, is_fence: false }).await
    }

    /// As [`Change::run`]; without a row the change fails with [`Error::Fenced`].
    pub(super) async fn must(&mut self, sql: &'static str, args: Vec<Val>) -> Result<(), Error> {
        self.put(Waiting { sql, args, is_fence: true }).await
    }

    async fn put(&mut self, one: Waiting) -> Result<(), Error> {
        self.waiting.push(one);
        if self.waiting.len() >= WAITING { self.ask(&[]).await.map(drop) } else { Ok(()) }
    }

    /// Sends what waits and all of `asked`, and reads what comes of it.
    pub(super) async fn ask(&mut self, asked: &[Asked]) -> Result<Vec<Answer>, Error> {
        let waiting = bundle::bundles(std::mem::take(&mut self.waiting));
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        let before = if self.begun { Before::Nothing } else { Before::Begin };
        let answered = async {
            let statements = pg::all_prepared(client, asked).await?;
            let waiting = all_prepared(client, waiting).await?;
            self.begun = true;
            after(client, before, &waiting, pg::all(client, &statements, asked)).await
        };
        let answered = answered.await;
        self.failed |= answered.is_err();
        answered
    }

    /// Has `part` done at the end of the change.
    pub(super) fn put_last(&mut self, part: Last) {
        self.last.push(part);
    }

    pub(super) fn take_last(&mut self) -> Vec<Last> {
        std::mem::take(&mut self.last)
    }

    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let waiting = bundle::bundles(std::mem::take(&mut self.waiting));
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        if self.failed {
            return Err(Error::Undone("a statement of it failed".to_owned()));
        }
        let waiting = all_prepared(client, waiting).await?;
        crash::before_commit();
        match waiting.as_slice() {
            [] if !self.begun => {}
            [all] if !self.begun => {
                self.begun = true;
                let sent = send(client, all).await;
                self.begun = false;
                sent?;
            }
            waiting => {
                let before = if self.begun { Before::Nothing } else { Before::Begin };
                self.begun = true;
                after(client, before, waiting, client.batch_execute("COMMIT")).await?;
            }
        }
        crash::after_commit();
        self.begun = false;
        Ok(())
    }

    /// Gives the connection back with nothing kept. Where that cannot be said the connection goes instead.
    pub(super) async fn undo(mut self) {
        if let (true, Some(client)) = (self.begun, self.client.as_ref()) {
            self.begun = client.batch_execute("ROLLBACK").await.is_err();
        }
    }
}

impl Drop for Change {
    /// One that was left in the middle takes its connection along: the server undoes it then.
    fn drop(&mut self) {
        if let (true, Some(client)) = (self.begun, self.client.take()) {
            drop(Client::take(client));
        }
    }
}

/// A bundle as its connection knows it.
struct Prepared(Statement, Bundle);

async fn all_prepared(client: &Client, bundles: Vec<Bundle>) -> Result<Vec<Prepared>, tokio_postgres::Error> {
    let mut prepared = Vec::with_capacity(bundles.len());
    for bundle in bundles {
        prepared.push(Prepared(pg::prepared(client, &bundle.sql, &bundle.args).await?, bundle));
    }
    Ok(prepared)
}

/// Sends `before` and `waiting` in order and then `last`, without waiting in between. The first failure is the one that counts:
/// the later ones come of it.
async fn after<T>(
    client: &Client,
    before: Before,
    waiting: &[Prepared],
    last: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Error> {
    let begin = OptionFuture::from((before == Before::Begin).then(|| client.batch_execute("BEGIN")));
    let (begun, sent, last) = join3(begin, join_all(waiting.iter().map(|one| send(client, one))), last).await;
    begun.transpose()?;
    sent.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(last?)
}

/// Its first poll sends it.
async fn send(client: &Client, Prepared(statement, bundle): &Prepared) -> Result<(), Error> {
    let sent = client.execute_raw(statement, &bundle.args).await.map(drop);
    match sent {
        Err(error) if bundle.is_fence => Err(pg::fenced(error.into())),
        sent => Ok(sent?),
    }
}
