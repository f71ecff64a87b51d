//! The only SQL in the house: SQLite or Postgres behind one text.
