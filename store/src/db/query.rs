//! What is asked, before it is asked: statements and how their rows are understood. Several make one, which goes to Postgres
//! and back as one; SQLite runs them one after another. Runs nothing itself.

use super::value::{Row, Val};
use crate::error::Error;

/// A statement, and its arguments.
pub(super) type Asked = (&'static str, Vec<Val>);
/// The rows of each statement, in order.
pub(super) type Found = std::vec::IntoIter<Vec<Row>>;
/// How rows are understood.
type Reading<T> = Box<dyn FnOnce(&mut Found) -> Result<T, Error> + Send>;

/// What gives a `T` once it is asked. Every statement carries its own limit.
pub struct Query<T> {
    pub(super) asked: Vec<Asked>,
    pub(super) read: Reading<T>,
}

impl Query<()> {
    /// Asks nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self { asked: Vec::new(), read: Box::new(|_| Ok(())) }
    }
}

impl<T: Send + 'static> Query<T> {
    /// All rows of `sql`, each as `read` understands it.
    #[must_use]
    pub fn rows(sql: &'static str, args: Vec<Val>, read: fn(&Row) -> Result<T, Error>) -> Query<Vec<T>> {
        let rows = move |found: &mut Found| found.next().unwrap_or_default().iter().map(read).collect();
        Query { asked: vec![(sql, args)], read: Box::new(rows) }
    }

    /// The first row of `sql`, if any.
    #[must_use]
    pub fn row(sql: &'static str, args: Vec<Val>, read: fn(&Row) -> Result<T, Error>) -> Query<Option<T>> {
        let row = move |found: &mut Found| found.next().unwrap_or_default().first().map(read).transpose();
        Query { asked: vec![(sql, args)], read: Box::new(row) }
    }

    /// Both at once.
    #[must_use]
    pub fn and<U: Send + 'static>(mut self, other: Query<U>) -> Query<(T, U)> {
        let (first, second) = (self.read, other.read);
        self.asked.extend(other.asked);
        Query { asked: self.asked, read: Box::new(move |found| Ok((first(found)?, second(found)?))) }
    }

    /// What was read, as something else.
    #[must_use]
    pub fn map<U: Send + 'static>(self, into: impl FnOnce(T) -> U + Send + 'static) -> Query<U> {
        let read = self.read;
        Query { asked: self.asked, read: Box::new(move |found| read(found).map(into)) }
    }

    /// `query`, where there is one.
    #[must_use]
    pub fn maybe(query: Option<Self>) -> Query<Option<T>> {
        match query {
            Some(query) => query.map(Some),
            None => Query::nothing().map(|()| None),
        }
    }

    /// All of `queries` at once.
    #[must_use]
    pub fn all(queries: impl IntoIterator<Item = Self>) -> Query<Vec<T>> {
        let (mut asked, mut reads) = (Vec::new(), Vec::new());
        for query in queries {
            asked.extend(query.asked);
            reads.push(query.read);
        }
        Query { asked, read: Box::new(move |found| reads.into_iter().map(|read| read(found)).collect()) }
    }
}
