//! One Postgres connection: how a statement runs on it and what comes out. Statements are prepared once a connection, with the
//! types of what is bound to them.

use std::{error::Error as StdError, time::Duration};

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, RecyclingMethod, Runtime, Timeouts};
use futures::{TryStreamExt as _, future::join_all};
use tokio_postgres::{
    Row, Statement,
    error::SqlState,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{dial::Dial, query::Asked, value::Val};
use crate::error::{Driver, Error};

pub(super) type Pool = deadpool_postgres::Pool;
pub(super) type Client = Object;

/// Connections that are made when they are wanted, `count` at most; who finds none free waits no longer than `wait`. A
/// connection that was lost is noticed by the task that reads from it, so nobody has to ask it before use.
///
/// # Errors
/// Where the settings make no pool.
pub(super) fn pool(dial: &Dial, count: usize, wait: Duration) -> Result<Pool, String> {
    let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(dial.config.clone(), dial.tls.clone(), config);
    let timeouts = Timeouts { wait: Some(wait), create: Some(wait), recycle: Some(wait) };
    let pool = Pool::builder(manager).max_size(count).timeouts(timeouts).runtime(Runtime::Tokio1);
    pool.build().map_err(|error| error.to_string())
}

/// A free connection.
pub(super) async fn free(pool: &Pool) -> Result<Client, Error> {
    Ok(pool.get().await.map_err(|error| match error {
        deadpool_postgres::PoolError::Backend(error) => Driver::Postgres(error),
        other => Driver::Connection(other.to_string()),
    })?)
}

/// Whether there is no server yet, or one that is not ready yet.
pub(super) fn is_starting(error: &Error) -> bool {
    let Error::Database(Driver::Postgres(error)) = error else { return false };
    let refused = StdError::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    error.code() == Some(&SqlState::CANNOT_CONNECT_NOW)
        || refused.is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

/// `sql` as this connection knows it.
pub(super) async fn prepared(
    client: &Client,
    sql: &str,
    args: &[Val],
) -> Result<Statement, tokio_postgres::Error> {
    let types: Vec<Type> = args.iter().map(Val::kind).collect();
    client.prepare_typed_cached(sql, &types).await
}

/// What a statement gave: its rows, and how many it changed.
pub(super) struct Answer {
    pub rows: Vec<Row>,
    pub changed: u64,
}

/// Sends the statement and reads all that comes of it.
pub(super) async fn ask(
    client: &Client,
    statement: &Statement,
    args: &[Val],
) -> Result<Answer, tokio_postgres::Error> {
    let mut stream = std::pin::pin!(client.query_raw(statement, args).await?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(row);
    }
    Ok(Answer { rows, changed: stream.rows_affected().unwrap_or_default() })
}

/// A statement by itself, on whichever connection this is.
pub(super) async fn alone(client: &Client, sql: &'static str, args: Vec<Val>) -> Result<Answer, Error> {
    together(client, &[(sql, args)]).await?.pop().ok_or(Error::Closed)
}

/// Statements outside any transaction, which go there and back as one.
pub(super) async fn together(client: &Client, asked: &[Asked]) -> Result<Vec<Answer>, Error> {
    let statements = all_prepared(client, asked).await?;
    Ok(all(client, &statements, asked).await?)
}

/// `asked` as this connection knows them.
pub(super) async fn all_prepared(
    client: &Client,
    asked: &[Asked],
) -> Result<Vec<Statement>, tokio_postgres::Error> {
    let mut statements = Vec::with_capacity(asked.len());
    for (sql, args) in asked {
        statements.push(prepared(client, sql, args).await?);
    }
    Ok(statements)
}

/// Sends all of `asked`, and then reads what comes of each.
pub(super) async fn all(
    client: &Client,
    statements: &[Statement],
    asked: &[Asked],
) -> Result<Vec<Answer>, tokio_postgres::Error> {
    let asking = statements.iter().zip(asked).map(|(statement, (_, args))| ask(client, statement, args));
    join_all(asking).await.into_iter().collect()
}

/// What the failure of a [`must!`](crate::must) means.
pub(super) fn fenced(error: Error) -> Error {
    match error {
        Error::Database(Driver::Postgres(error)) if error.code() == Some(&SqlState::DIVISION_BY_ZERO) => {
            Error::Fenced
        }
        other => other,
    }
}

impl Val {
    fn kind(&self) -> Type {
        match self {
            Self::Int(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
        }
    }
}

impl ToSql for Val {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::INT8 || *kind == Type::TEXT
    }

    to_sql_checked!();
}
