//! What goes into a statement and comes out of it, the same for both databases: integers and text, JSON as text.

use tokio_postgres::types::FromSql;

use super::lite_row::{Cell, LiteRow};
use crate::error::Error;

/// A value bound to `$n`.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    Int(Option<i64>),
    Text(Option<String>),
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<u32> for Val {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<Option<i64>> for Val {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<String> for Val {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&String> for Val {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<Option<String>> for Val {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Val {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(ToOwned::to_owned))
    }
}

impl From<domain::clock::Millis> for Val {
    fn from(value: domain::clock::Millis) -> Self {
        Self::Int(Some(value.0))
    }
}

/// The values for `$1`, `$2`, ... in order.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Val::from($value)),*] };
}

/// One row of either database.
pub enum Row {
    Sqlite(LiteRow),
    Pg(tokio_postgres::Row),
}

/// What a column may be read as: `i64`, `String`, and `Option`s of them.
pub trait Column: for<'r> FromSql<'r> {
    /// `None` where the cell is of another kind.
    fn of(cell: Cell<'_>) -> Option<Self>
    where
        Self: Sized;
}

impl Column for i64 {
    fn of(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Int(number) => Some(number),
            Cell::Null | Cell::Text(_) => None,
        }
    }
}

impl Column for String {
    fn of(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            Cell::Null | Cell::Int(_) => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn of(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            some => T::of(some).map(Some),
        }
    }
}

impl Row {
    /// The column named `column`.
    ///
    /// # Errors
    /// Where there is no such column or it holds another type: a fault of the SQL text.
    pub fn get<T: Column>(&self, column: &'static str) -> Result<T, Error> {
        match self {
            Self::Sqlite(row) => T::of(row.get(column)?).ok_or_else(|| other_type(column)),
            Self::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// The JSON text in `column`, as `T`.
    ///
    /// # Errors
    /// Where the text is not a `T`: written by a newer version, or by hand.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        let text = match self {
            Self::Sqlite(row) => match row.get(column)? {
                Cell::Text(text) => text,
                Cell::Null | Cell::Int(_) => return Err(other_type(column)),
            },
            Self::Pg(row) => row.try_get(column)?,
        };
        serde_json::from_str(text).map_err(|source| Error::Stored { column, source })
    }
}

fn other_type(column: &str) -> Error {
    rusqlite::Error::InvalidColumnName(format!("{column} of another type")).into()
}
