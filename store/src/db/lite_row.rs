//! A row that SQLite gave, kept in one piece: all its texts stand in one string. Knows no statement.

use std::{ops::Range, sync::Arc};

use rusqlite::{Row, types::ValueRef};

/// One row: its values under its columns' names.
pub struct LiteRow {
    names: Arc<[String]>,
    values: Vec<Value>,
    texts: String,
}

enum Value {
    Null,
    Int(i64),
    Text(Range<usize>),
}

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    Null,
    Int(i64),
    Text(&'r str),
}

impl LiteRow {
    pub(super) fn read(row: &Row<'_>, names: &Arc<[String]>) -> rusqlite::Result<Self> {
        let (mut values, mut texts) = (Vec::with_capacity(names.len()), String::new());
        for (at, name) in names.iter().enumerate() {
            values.push(match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Int(number),
                found @ ValueRef::Text(_) => {
                    let begin = texts.len();
                    texts.push_str(found.as_str()?);
                    Value::Text(begin..texts.len())
                }
                found @ (ValueRef::Real(_) | ValueRef::Blob(_)) => {
                    return Err(rusqlite::Error::InvalidColumnType(at, name.clone(), found.data_type()));
                }
            });
        }
        Ok(Self { names: Arc::clone(names), values, texts })
    }

    pub(super) fn get(&self, column: &str) -> rusqlite::Result<Cell<'_>> {
        let index = self.names.iter().position(|name| name == column);
        match index.and_then(|index| self.values.get(index)) {
            Some(Value::Null) => Ok(Cell::Null),
            Some(Value::Int(number)) => Ok(Cell::Int(*number)),
            Some(Value::Text(range)) => Ok(Cell::Text(self.texts.get(range.clone()).unwrap_or_default())),
            None => Err(rusqlite::Error::InvalidColumnName(column.to_owned())),
        }
    }
}
