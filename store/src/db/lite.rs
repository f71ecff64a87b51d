//! One SQLite connection: how statements run on it and what comes out. Blocks its thread, so it lives on the writer's
//! thread or a reader's and nowhere else.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rusqlite::{
    CachedStatement, Connection, OpenFlags, ToSql, config::DbConfig, types::ToSqlOutput, types::ValueRef,
};

use super::{lite_row::LiteRow, value::Val};

/// Prepared statements that a connection keeps: more than the house has on its way of a message.
const STATEMENTS: usize = 256;

/// The connection that writes. A database that is not there is made.
pub(super) fn writer(file: &Path, wait: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    prepare(&connection, wait)?;
    // WAL lets readers go on while the writer writes; FULL syncs each commit.
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: what a person had erased must not stand in the file.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    // 40 MB: copying the log back costs more than its length.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 10_000, |_| Ok(()))?;
    Ok(connection)
}

/// A connection that only reads a database that is there.
pub(super) fn reader(file: &Path, wait: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&connection, wait)?;
    Ok(connection)
}

fn prepare(connection: &Connection, wait: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(wait)?;
    // A statement keeps its plan whatever is bound to it: without this SQLite compiles it anew at each run wherever a
    // bound value might have made a partial index usable.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// A connection and what is known of the statements that ran on it: they are asked once for their parameters and columns.
pub struct Lite {
    connection: Connection,
    /// By where a statement's text stands, which lives as long as the program.
    shapes: RefCell<HashMap<(usize, usize), Arc<Shape>>>,
}

/// What a statement takes and gives.
struct Shape {
    /// For each parameter, which of the arguments it is.
    parameters: Vec<usize>,
    columns: Arc<[String]>,
}

impl Lite {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, shapes: RefCell::default() }
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    pub(super) fn exec(&self, sql: &'static str, args: &[Val]) -> rusqlite::Result<u64> {
        let changed = self.bound(sql, args)?.0.raw_execute()?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    /// Up to `limit` rows of `sql`.
    pub(super) fn rows(
        &self,
        sql: &'static str,
        args: &[Val],
        limit: usize,
    ) -> rusqlite::Result<Vec<LiteRow>> {
        let (mut statement, shape) = self.bound(sql, args)?;
        let (mut found, mut rows) = (Vec::new(), statement.raw_query());
        while found.len() < limit
            && let Some(row) = rows.next()?
        {
            found.push(LiteRow::read(row, &shape.columns)?);
        }
        Ok(found)
    }

    /// `$n` is the n-th of `args` wherever it stands: to SQLite it is a name like any other.
    fn bound(&self, sql: &'static str, args: &[Val]) -> rusqlite::Result<(CachedStatement<'_>, Arc<Shape>)> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let shape = self.shape(sql, &statement)?;
        for (at, number) in shape.parameters.iter().enumerate() {
            let given = args.get(*number);
            let given = given.ok_or(rusqlite::Error::InvalidParameterCount(args.len(), number + 1))?;
            statement.raw_bind_parameter(at + 1, given)?;
        }
        Ok((statement, shape))
    }

    fn shape(&self, sql: &'static str, statement: &CachedStatement<'_>) -> rusqlite::Result<Arc<Shape>> {
        let mut shapes = self.shapes.borrow_mut();
        match shapes.entry((sql.as_ptr().addr(), sql.len())) {
            Entry::Occupied(known) => Ok(Arc::clone(known.get())),
            Entry::Vacant(room) => Ok(Arc::clone(room.insert(Arc::new(Shape::of(statement)?)))),
        }
    }
}

impl Shape {
    fn of(statement: &CachedStatement<'_>) -> rusqlite::Result<Self> {
        let parameters = (1..=statement.parameter_count()).map(|at| {
            let name = statement.parameter_name(at).and_then(|name| name.strip_prefix('$'));
            let number = name.and_then(|name| name.parse::<usize>().ok()?.checked_sub(1));
            number.ok_or(rusqlite::Error::InvalidParameterCount(0, at))
        });
        let columns = statement.column_names().map(ToOwned::to_owned).collect();
        Ok(Self { parameters: parameters.collect::<rusqlite::Result<_>>()?, columns })
    }
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(number)) => ValueRef::Integer(*number),
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Int(None) | Self::Text(None) => ValueRef::Null,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::lite_row::Cell, *};

    #[test]
    fn a_number_names_the_argument_wherever_it_stands() {
        let lite = Lite::new(Connection::open_in_memory().unwrap());
        let sql = "SELECT $2 AS two, $1 AS one, $2 AS again, NULL AS none";
        for _ in 0..2 {
            let found = lite.rows(sql, &[Val::from("a"), Val::from(7_i64)], 9).unwrap();
            assert_eq!(found[0].get("one").unwrap(), Cell::Text("a"));
            assert_eq!(found[0].get("two").unwrap(), Cell::Int(7));
            assert_eq!(found[0].get("again").unwrap(), Cell::Int(7));
            assert_eq!(found[0].get("none").unwrap(), Cell::Null);
            assert!(found[0].get("three").is_err());
        }
        assert!(lite.rows(sql, &[Val::from("a")], 9).is_err(), "an argument is missing");
    }

    #[test]
    fn the_limit_ends_the_reading() {
        let lite = Lite::new(Connection::open_in_memory().unwrap());
        let found = lite.rows("SELECT 1 AS n UNION ALL SELECT 2 ORDER BY n", &[], 1).unwrap();
        assert_eq!(found.len(), 1);
    }
}
