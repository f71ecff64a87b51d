//! One SQLite connection: how statements run on it and what comes out. Blocks its thread, so it lives on the writer's
//! thread or a reader's and nowhere else.

use std::{path::Path, sync::Arc, time::Duration};

use rusqlite::{
    CachedStatement, Connection, OpenFlags, ToSql, config::DbConfig, types::ToSqlOutput, types::ValueRef,
};

use super::value::Val;

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

/// One row: its values under its columns' names.
pub struct LiteRow {
    names: Arc<[String]>,
    values: Vec<Val>,
}

impl LiteRow {
    pub(super) fn get(&self, column: &str) -> rusqlite::Result<&Val> {
        let index = self.names.iter().position(|name| name == column);
        let value = index.and_then(|index| self.values.get(index));
        value.ok_or_else(|| rusqlite::Error::InvalidColumnName(column.to_owned()))
    }
}

pub(super) fn exec(connection: &Connection, sql: &'static str, args: &[Val]) -> rusqlite::Result<u64> {
    let changed = bound(connection, sql, args)?.raw_execute()?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// Up to `limit` rows of `sql`.
pub(super) fn rows(
    connection: &Connection,
    sql: &'static str,
    args: &[Val],
    limit: usize,
) -> rusqlite::Result<Vec<LiteRow>> {
    let mut statement = bound(connection, sql, args)?;
    let names: Arc<[String]> = statement.column_names().into_iter().map(ToOwned::to_owned).collect();
    let (mut found, mut rows) = (Vec::new(), statement.raw_query());
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let values =
            (0..names.len()).map(|at| value(row.get_ref(at)?, at, &names)).collect::<Result<_, _>>()?;
        found.push(LiteRow { names: Arc::clone(&names), values });
    }
    Ok(found)
}

/// `$n` is the n-th of `args` wherever it stands: to SQLite it is a name like any other.
fn bound<'c>(
    connection: &'c Connection,
    sql: &'static str,
    args: &[Val],
) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    for at in 1..=statement.parameter_count() {
        let number =
            statement.parameter_name(at).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let given = number.and_then(|number| args.get(number.checked_sub(1)?));
        let given = given.ok_or(rusqlite::Error::InvalidParameterCount(args.len(), at))?;
        statement.raw_bind_parameter(at, given)?;
    }
    Ok(statement)
}

fn value(found: ValueRef<'_>, at: usize, names: &[String]) -> rusqlite::Result<Val> {
    match found {
        ValueRef::Null => Ok(Val::Text(None)),
        ValueRef::Integer(number) => Ok(Val::Int(Some(number))),
        ValueRef::Text(_) => Ok(Val::Text(Some(found.as_str()?.to_owned()))),
        ValueRef::Real(_) | ValueRef::Blob(_) => {
            let name = names.get(at).cloned().unwrap_or_default();
            Err(rusqlite::Error::InvalidColumnType(at, name, found.data_type()))
        }
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
    use super::*;

    #[test]
    fn a_number_names_the_argument_wherever_it_stands() {
        let connection = Connection::open_in_memory().unwrap();
        let sql = "SELECT $2 AS two, $1 AS one, $2 AS again, NULL AS none";
        let found = rows(&connection, sql, &[Val::from("a"), Val::from(7_i64)], 9).unwrap();
        assert_eq!(found[0].get("one").unwrap(), &Val::from("a"));
        assert_eq!(found[0].get("two").unwrap(), &Val::from(7_i64));
        assert_eq!(found[0].get("again").unwrap(), &Val::from(7_i64));
        assert_eq!(found[0].get("none").unwrap(), &Val::Text(None));
        assert!(found[0].get("three").is_err());
        assert!(rows(&connection, sql, &[Val::from("a")], 9).is_err(), "an argument is missing");
    }

    #[test]
    fn the_limit_ends_the_reading() {
        let connection = Connection::open_in_memory().unwrap();
        let found = rows(&connection, "SELECT 1 AS n UNION ALL SELECT 2 ORDER BY n", &[], 1).unwrap();
        assert_eq!(found.len(), 1);
    }
}
