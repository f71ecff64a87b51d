//! Lists that the office brings as CSV: every bad row is named by its line, and a list with one bad row is refused whole.
//! Pure: bytes in, records out; what is stored is the caller's.

mod customers;
mod people;

use csv::ByteRecord;

pub use customers::customers;
pub use people::{Person, digits_of_phone, people};

/// Bytes of one list.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Bad rows that are named; the rest are counted.
const NAMED: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct BadList {
    /// `(line, what is wrong with it)`, in order, at most fifty.
    pub rows: Vec<(u64, String)>,
    /// All bad rows.
    pub count: usize,
}

impl BadList {
    fn sentence(&self) -> String {
        let mut lines: Vec<String> =
            self.rows.iter().map(|(line, why)| format!("line {line}: {why}")).collect();
        if self.count > self.rows.len() {
            lines.push(format!("and {} more", self.count - self.rows.len()));
        }
        format!("nothing was imported: {}", lines.join("; "))
    }

    fn whole(line: u64, why: impl Into<String>) -> Self {
        Self { rows: vec![(line, why.into())], count: 1 }
    }
}

/// One row's fields, by the names in the first line.
struct Fields<'a> {
    columns: &'a [(&'static str, Option<usize>)],
    record: &'a ByteRecord,
}

impl Fields<'_> {
    /// The trimmed text of `column`; empty where the list has no such column.
    fn text(&self, column: &str) -> Result<String, String> {
        let place = self.columns.iter().find(|(name, _)| *name == column).and_then(|(_, place)| *place);
        let bytes = place.and_then(|place| self.record.get(place)).unwrap_or_default();
        let text = std::str::from_utf8(bytes)
            .map_err(|_| format!("{column} is not UTF-8: save the list as UTF-8"))?;
        match text.trim() {
            text if text.chars().any(char::is_control) => Err(format!("{column} holds a control character")),
            text if text.chars().count() > 200 => Err(format!("{column} is longer than 200 characters")),
            text => Ok(text.to_owned()),
        }
    }

    fn required(&self, column: &str) -> Result<String, String> {
        let text = self.text(column)?;
        if text.is_empty() { Err(format!("{column} is empty")) } else { Ok(text) }
    }
}

/// Reads `bytes` as CSV (comma or semicolon, with a heading line) and each row with `read`, which gets the row's line.
fn rows<T>(
    bytes: &[u8],
    required: &[&'static str],
    optional: &[&'static str],
    mut read: impl FnMut(u64, &Fields<'_>) -> Result<T, String>,
) -> Result<Vec<T>, BadList> {
    if bytes.len() > MOST_BYTES {
        return Err(BadList::whole(1, format!("the list is larger than {} MiB", MOST_BYTES / 1024 / 1024)));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let heading = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = if heading.contains(&b';') && !heading.contains(&b',') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut columns: Vec<(&'static str, Option<usize>)> = Vec::new();
    let mut width = 0;
    let (mut good, mut bad, mut count) = (Vec::new(), Vec::new(), 0);
    while reader.read_byte_record(&mut record).map_err(|e| BadList::whole(1, e.to_string()))? {
        let line = record.position().map_or(0, |at| line_of(bytes, at));
        if columns.is_empty() {
            columns = heading_of(&record, required, optional).map_err(|why| BadList::whole(line, why))?;
            width = record.len();
            continue;
        }
        if record.iter().all(|field| field.trim_ascii().is_empty()) {
            continue;
        }
        let row = if record.len() == width {
            read(line, &Fields { columns: &columns, record: &record })
        } else {
            Err(format!("{} columns where the heading has {width}", record.len()))
        };
        match row {
            Ok(row) => good.push(row),
            Err(why) => {
                count += 1;
                if bad.len() < NAMED {
                    bad.push((line, why));
                }
            }
        }
    }
    if columns.is_empty() {
        return Err(BadList::whole(
            1,
            format!("the list is empty: it needs the columns {}", required.join(", ")),
        ));
    }
    if count > 0 { Err(BadList { rows: bad, count }) } else { Ok(good) }
}

/// The line a record begins in. The reader's position is before the blank lines it skipped.
fn line_of(bytes: &[u8], at: &csv::Position) -> u64 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let blank = bytes.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\n' | b'\r'));
    at.line() + blank.filter(|b| **b == b'\n').count() as u64
}

/// Where each known column stands. Columns nobody knows are refused: a misspelled heading would lose its data silently.
fn heading_of(
    record: &ByteRecord,
    required: &[&'static str],
    optional: &[&'static str],
) -> Result<Vec<(&'static str, Option<usize>)>, String> {
    let names: Vec<String> =
        record.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
    let all = || required.iter().chain(optional);
    for (place, name) in names.iter().enumerate() {
        if !all().any(|known| known == name) {
            let known = all().copied().collect::<Vec<_>>().join(", ");
            return Err(format!("the heading has an unknown column {name:?}; known are {known}"));
        }
        if names[..place].contains(name) {
            return Err(format!("the heading names the column {name} twice"));
        }
    }
    let columns: Vec<_> = all().map(|known| (*known, names.iter().position(|name| name == known))).collect();
    match columns.iter().find(|(name, place)| place.is_none() && required.contains(name)) {
        Some((missing, _)) => Err(format!("the heading lacks the column {missing}")),
        None => Ok(columns),
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
