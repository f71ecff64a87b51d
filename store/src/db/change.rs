//! A transaction on Postgres. What nobody waits for an answer of is sent together with what is asked next, so that a change
//! goes there and back as often as it asks, not once a statement. Whatever fails fails the whole change.

use futures::future::{BoxFuture, join, join_all};
use tokio_postgres::Statement;

use super::{
    crash,
    pg::{self, Answer, Client, Pool},
    tx::Tx,
    value::Val,
};
use crate::error::Error;

/// Statements that wait to be sent; with more they go at once.
const WAITING: usize = 64;

pub struct Change {
    /// `None` once it is over.
    client: Option<Client>,
    waiting: Vec<Sent>,
    /// Whether the server may have begun it.
    begun: bool,
    /// Whether a statement failed: the server then keeps nothing, and does not call that an error of the commit.
    failed: bool,
    last: Vec<Last>,
}

/// A part of a change that is done at its end.
pub(super) type Last = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<(), Error>> + Send>;

enum Sent {
    Begin,
    Statement(Statement, Vec<Val>),
}

impl Change {
    pub(super) async fn begin(pool: &Pool) -> Result<Self, Error> {
        let client = Some(pg::free(pool).await?);
        Ok(Self { client, waiting: vec![Sent::Begin], begun: false, failed: false, last: Vec::new() })
    }

    /// Sends `sql` with what is asked next. Its failure is told there, or by the commit.
    pub(super) async fn run(&mut self, sql: &'static str, args: Vec<Val>) -> Result<(), Error> {
        let statement = self.prepared(sql, &args).await?;
        self.waiting.push(Sent::Statement(statement, args));
        if self.waiting.len() >= WAITING { self.flush().await } else { Ok(()) }
    }

    /// Sends what waits and `sql`, and reads what comes of it.
    pub(super) async fn ask(&mut self, sql: &'static str, args: &[Val]) -> Result<Answer, Error> {
        let statement = self.prepared(sql, args).await?;
        let waiting = std::mem::take(&mut self.waiting);
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        self.begun = true;
        let answered = after(client, &waiting, pg::ask(client, &statement, args)).await;
        self.failed |= answered.is_err();
        Ok(answered?)
    }

    async fn prepared(&mut self, sql: &'static str, args: &[Val]) -> Result<Statement, Error> {
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        let prepared = pg::prepared(client, sql, args).await;
        self.failed |= prepared.is_err();
        Ok(prepared?)
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let waiting = std::mem::take(&mut self.waiting);
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        self.begun = true;
        let done = after(client, &waiting, async { Ok(()) }).await;
        self.failed |= done.is_err();
        Ok(done?)
    }

    /// Has `part` done at the end of the change.
    pub(super) fn put_last(&mut self, part: Last) {
        self.last.push(part);
    }

    pub(super) fn take_last(&mut self) -> Vec<Last> {
        std::mem::take(&mut self.last)
    }

    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let waiting = std::mem::take(&mut self.waiting);
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        if self.failed {
            return Err(Error::Undone("a statement of it failed".to_owned()));
        }
        crash::before_commit();
        self.begun = true;
        after(client, &waiting, client.batch_execute("COMMIT")).await?;
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

/// Sends `waiting` in order and then `last`, without waiting in between. The first failure is the one that counts: the later
/// ones come of it.
async fn after<T>(
    client: &Client,
    waiting: &[Sent],
    last: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, tokio_postgres::Error> {
    let (sent, last) = join(join_all(waiting.iter().map(|one| send(client, one))), last).await;
    sent.into_iter().collect::<Result<Vec<()>, _>>()?;
    last
}

/// Its first poll sends it.
async fn send(client: &Client, one: &Sent) -> Result<(), tokio_postgres::Error> {
    match one {
        Sent::Begin => client.batch_execute("BEGIN").await,
        Sent::Statement(statement, args) => client.execute_raw(statement, args).await.map(drop),
    }
}
