//! What can go wrong with the store. The variant says what to do about it.

/// What a database's driver says.
#[derive(Debug, thiserror::Error)]
pub enum Driver {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// Its own words name the kind of the failure alone.
    #[error("{}", whole(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error("no connection: {0}")]
    Connection(String),
}

/// What failed and why, in one line.
fn whole(error: &tokio_postgres::Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database did not answer: {0}")]
    Database(#[from] Driver),
    #[error("column {column} holds what this version cannot read: {source}")]
    Stored { column: &'static str, source: serde_json::Error },
    #[error("column {column} holds {value:?}, which this version does not know")]
    Unknown { column: &'static str, value: String },
    /// A worker that lost its lease: it must stop and write nothing.
    #[error("another worker took this turn over")]
    Fenced,
    #[error(
        "the database is newer than this program (it holds migration {found}, this program knows {known}): use the newer plumbline"
    )]
    Newer { found: i64, known: i64 },
    #[error("the database could not be brought to the current schema: {0}")]
    Migrate(String),
    #[error("{0}")]
    Open(String),
    #[error("the writer stopped; the change was not made")]
    Closed,
    /// The commit failed after the change had run: nothing of it is kept.
    #[error("the change was not committed: {0}")]
    Undone(String),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Error {
    /// Whether the same work may succeed later: the database was away, locked or full, and the work itself is sound.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Database(_) | Self::Closed | Self::Undone(_))
    }
}
