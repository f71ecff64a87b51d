//! "One of these", for a list of any length in one statement: the list is one JSON array, which each database reads in its
//! own way.

use super::value::Row;
use crate::error::Error;

/// The statement `$before IN (the texts of the JSON array $n) $after`, as the database of `$tx` writes it.
#[macro_export]
macro_rules! among {
    ($tx:expr, $before:literal, $n:literal, $after:literal) => {
        if $tx.is_postgres() {
            // An array: Postgres goes by an index for each of its values, whatever it believes of the table.
            concat!($before, " = ANY(ARRAY(SELECT json_array_elements_text(CAST(", $n, " AS json))))", $after)
        } else {
            concat!($before, " IN (SELECT value FROM json_each(", $n, "))", $after)
        }
    };
}

/// `texts` as the JSON array for [`among!`].
pub(crate) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    serde_json::Value::from(texts.into_iter().collect::<Vec<_>>()).to_string()
}

/// The texts of `column` in `rows`.
pub(crate) fn texts(rows: &[Row], column: &'static str) -> Result<Vec<String>, Error> {
    rows.iter().map(|row| row.get(column)).collect()
}
