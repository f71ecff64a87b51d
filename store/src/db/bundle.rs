//! Statements of a change that nobody waits for an answer of, put together where Postgres may as well take them as one: each one
//! more costs it a message there and one back, a fifth of a small change. What is not surely apart from its neighbours goes by
//! itself. Sends nothing.

use super::value::Val;

/// More would make statements that are never the same twice.
const MOST: usize = 6;

/// A statement that waits to be sent.
pub(super) struct Waiting {
    pub sql: &'static str,
    pub args: Vec<Val>,
    /// It must find or change a row; see [`must!`](crate::must).
    pub is_fence: bool,
}

/// One statement for Postgres: one or several of those that waited.
pub(super) struct Bundle {
    pub sql: String,
    pub args: Vec<Val>,
    pub is_fence: bool,
}

/// `waiting`, in their order, as few statements as that can be. All of a bundle see what was committed before it, and not each
/// other: so what joins one takes rows by their key, or makes some, of a table that no other of the bundle touches.
pub(super) fn bundles(waiting: Vec<Waiting>) -> Vec<Bundle> {
    let mut bundles = Vec::new();
    let mut together: Vec<Waiting> = Vec::new();
    let mut tables: Vec<&'static str> = Vec::new();
    for one in waiting {
        let table = if one.is_fence { fenced(one.sql) } else { lone(one.sql) };
        let joins = !one.is_fence
            && !tables.is_empty()
            && together.len() < MOST
            && table.is_some_and(|table| !tables.contains(&table));
        if !joins {
            bundles.extend(tied(std::mem::take(&mut together)));
            tables.clear();
        }
        tables.extend(table);
        together.push(one);
    }
    bundles.extend(tied(together));
    bundles
}

/// The one table of a statement that makes rows, or changes one by its key, whatever else stands in the database.
fn lone(sql: &'static str) -> Option<&'static str> {
    if ["SELECT", "FROM", " OR "].iter().any(|word| sql.contains(word)) {
        return None;
    }
    match sql.strip_prefix("INSERT INTO ") {
        Some(rest) => rest.split_whitespace().next().filter(|_| rest.contains("VALUES")),
        None => {
            let rest = sql.strip_prefix("UPDATE ").filter(|rest| rest.contains("WHERE id = $"))?;
            rest.split_whitespace().next()
        }
    }
}

/// The one table of a fence.
fn fenced(sql: &'static str) -> Option<&'static str> {
    let rest = ["(UPDATE ", "(DELETE FROM ", " FROM "].iter().find_map(|before| sql.split_once(before))?.1;
    rest.split_whitespace().next()
}

/// The first is the statement itself, so that a fence refuses before anything else is done; of the others Postgres does the
/// last one first.
fn tied(mut together: Vec<Waiting>) -> Option<Bundle> {
    if together.len() < 2 {
        let Waiting { sql, args, is_fence } = together.pop()?;
        return Some(Bundle { sql: sql.to_owned(), args, is_fence });
    }
    let length = together.iter().map(|one| one.sql.len() + 16).sum();
    let (mut sql, mut args) = (String::with_capacity(length), Vec::new());
    let mut rest = together.split_off(1);
    let Waiting { sql: first, args: its, is_fence } = together.pop()?;
    args.extend(its);
    for (n, one) in rest.iter_mut().enumerate().rev() {
        sql.push_str(if sql.is_empty() { "WITH b" } else { ", b" });
        sql.push_str(&n.to_string());
        sql.push_str(" AS (");
        renumbered(one.sql, args.len(), &mut sql);
        sql.push(')');
        args.append(&mut one.args);
    }
    match first.strip_prefix("WITH ") {
        Some(first) => sql.extend([", ", first]),
        None => sql.extend([" ", first]),
    }
    Some(Bundle { sql, args, is_fence })
}

/// Appends `text`, whose parameters stand behind `before` others.
fn renumbered(text: &str, before: usize, out: &mut String) {
    let mut parts = text.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        out.push('$');
        match number.parse::<usize>() {
            Ok(number) => out.push_str(&(number + before).to_string()),
            Err(_) => out.push_str(number),
        }
        out.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{args, must};

    const EVENT: &str = "INSERT INTO event (seq, kind) VALUES ($1, $2)";
    const SAVE: &str = "UPDATE turn SET machine = $2 WHERE id = $1";

    fn waits(sql: &'static str, args: Vec<Val>) -> Waiting {
        Waiting { sql, args, is_fence: sql.starts_with("WITH held") }
    }

    fn texts(waiting: Vec<Waiting>) -> Vec<String> {
        bundles(waiting).into_iter().map(|bundle| bundle.sql).collect()
    }

    #[test]
    fn what_is_apart_goes_as_one_behind_its_fence() {
        let fence = must!(found: "SELECT 1 FROM conversation WHERE id = $1 AND epoch = $2").postgres;
        let made = bundles(vec![
            waits(fence, args!["c", 7_i64]),
            waits(EVENT, args![0_i64, "k"]),
            waits(SAVE, args!["t", "m"]),
        ]);
        assert_eq!(made.len(), 1);
        assert!(made[0].is_fence);
        assert_eq!(
            made[0].sql,
            "WITH b1 AS (UPDATE turn SET machine = $4 WHERE id = $3), \
             b0 AS (INSERT INTO event (seq, kind) VALUES ($5, $6)), \
             held AS (SELECT 1 FROM conversation WHERE id = $1 AND epoch = $2 FOR NO KEY UPDATE) \
             SELECT 1 / COUNT(*) AS held FROM held"
        );
        assert_eq!(made[0].args, args!["c", 7_i64, "t", "m", 0_i64, "k"]);
    }

    #[test]
    fn without_a_fence_the_first_is_the_statement_itself() {
        let made = texts(vec![waits(SAVE, args!["t", "m"]), waits(EVENT, args![0_i64, "k"])]);
        assert_eq!(
            made,
            ["WITH b0 AS (INSERT INTO event (seq, kind) VALUES ($3, $4)) \
              UPDATE turn SET machine = $2 WHERE id = $1"]
        );
    }

    #[test]
    fn what_may_touch_a_neighbour_goes_by_itself() {
        let read = "INSERT INTO turn (id) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM turn)";
        let many = "UPDATE turn SET due_ms = $2 WHERE conversation_id = $1";
        let fence = must!(changed: "UPDATE turn SET due_ms = 0 WHERE id = $1").postgres;
        for (first, second) in [
            (SAVE, SAVE),
            (SAVE, read),
            (read, SAVE),
            (EVENT, many),
            (many, EVENT),
            (EVENT, fence),
            (fence, SAVE),
        ] {
            let made = texts(vec![waits(first, Vec::new()), waits(second, Vec::new())]);
            assert_eq!(made, [first, second]);
        }
    }

    #[test]
    fn a_bundle_has_its_limit() {
        let tables = [
            "INSERT INTO a VALUES ($1)",
            "INSERT INTO b VALUES ($1)",
            "INSERT INTO c VALUES ($1)",
            "INSERT INTO d VALUES ($1)",
            "INSERT INTO e VALUES ($1)",
            "INSERT INTO f VALUES ($1)",
            "INSERT INTO g VALUES ($1)",
        ];
        assert_eq!(texts(tables.map(|sql| waits(sql, args![1_i64])).into()).len(), 2);
    }
}
