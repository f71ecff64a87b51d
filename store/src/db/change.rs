//! A transaction on Postgres. What nobody waits for an answer of is sent together with what is asked next, so that a change
//! goes there and back as often as it asks, not once a statement. Whatever fails fails the whole change.

use futures::future::{BoxFuture, join, join_all};
use tokio_postgres::Statement;

use super::{
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
    /// One that must find or change a row.
    Fence(Statement, Vec<Val>),
}

impl Change {
    pub(super) async fn begin(pool: &Pool) -> Result<Self, Error> {
        let client = Some(pg::free(pool).await?);
        Ok(Self { client, waiting: vec![Sent::Begin], begun: false, failed: false, last: Vec::new() })
    }

    /// Sends `sql` with what is asked next. Its failure is told there, or by the commit.
    pub(super) async fn run(&mut self, sql: &'static str, args: Vec<Val>) -> Result<(), Error> {
        let statement = self.prepared(sql, &args).await?;
        self.put(Sent::Statement(statement, args)).await
    }

    /// As [`Change::run`]; without a row the change fails with [`Error::Fenced`].
    pub(super) async fn must(&mut self, sql: &'static str, args: Vec<Val>) -> Result<(), Error> {
        let statement = self.prepared(sql, &args).await?;
        self.put(Sent::Fence(statement, args)).await
    }

    async fn put(&mut self, one: Sent) -> Result<(), Error> {
        self.waiting.push(one);
        if self.waiting.len() >= WAITING { self.flush().await } else { Ok(()) }
    }

    /// Sends what waits and all of `asked`, and reads what comes of it.
    pub(super) async fn ask(&mut self, asked: &[Asked]) -> Result<Vec<Answer>, Error> {
        let client = self.client.as_ref().ok_or(Error::Closed)?;
        let prepared = pg::all_prepared(client, asked).await;
        self.failed |= prepared.is_err();
        let (statements, waiting) = (prepared?, std::mem::take(&mut self.waiting));
        self.begun = true;
        let answered = after(client, &waiting, pg::all(client, &statements, asked)).await;
        self.failed |= answered.is_err();
        answered
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
        done
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
) -> Result<T, Error> {
    let (sent, last) = join(join_all(waiting.iter().map(|one| send(client, one))), last).await;
    sent.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(last?)
}

/// Its first poll sends it.
async fn send(client: &Client, one: &Sent) -> Result<(), Error> {
    match one {
        Sent::Begin => Ok(client.batch_execute("BEGIN").await?),
        Sent::Statement(statement, args) => Ok(client.execute_raw(statement, args).await.map(drop)?),
        Sent::Fence(statement, args) => {
            client.execute_raw(statement, args).await.map(drop).map_err(|error| pg::fenced(error.into()))
        }
    }
}
