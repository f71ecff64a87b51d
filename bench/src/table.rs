//! One table: what was asked, what was measured, what the machine could do at best, and whether it is enough.

use std::io::Write;

/// What a row must reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// Shown for the reader; nothing is asked.
    Shown,
}

impl Target {
    fn holds(self, value: f64) -> Option<bool> {
        match self {
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMost(most) => Some(value <= most),
            Self::Shown => None,
        }
    }
}

#[derive(Default)]
pub struct Table(Vec<[String; 5]>);

impl Table {
    /// A heading for the rows after it.
    pub fn part(&mut self, name: &str) {
        self.0.push([format!("**{name}**"), String::new(), String::new(), String::new(), String::new()]);
    }

    /// `value` in `unit`; `beside` says what stands around it.
    pub fn row(&mut self, what: &str, value: f64, unit: &str, target: Target, beside: &str) {
        let asked = match target {
            Target::AtLeast(least) => format!(">= {}", number(least)),
            Target::AtMost(most) => format!("<= {}", number(most)),
            Target::Shown => String::new(),
        };
        let verdict = match target.holds(value) {
            Some(true) => "holds",
            Some(false) => "MISSES",
            None => "",
        };
        let measured = format!("{} {unit}", number(value));
        self.0.push([what.to_owned(), measured, asked, verdict.to_owned(), beside.to_owned()]);
        // The run takes minutes: whoever waits sees each figure when it is there.
        let _ = writeln!(std::io::stderr(), "{}", self.0.last().map_or(String::new(), |row| row.join(" | ")));
    }

    pub fn print(&self, out: &mut dyn Write, machine: &str) -> std::io::Result<()> {
        let head = ["row", "measured", "asked", "verdict", "beside it"].map(str::to_owned);
        let mut widths = [0; 5];
        for row in self.0.iter().chain([&head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        writeln!(out, "\n{machine}\n")?;
        let rule = widths.map(|width| "-".repeat(width));
        for row in [&head, &rule].into_iter().chain(&self.0) {
            let cells: Vec<String> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        out.flush()
    }
}

fn number(value: f64) -> String {
    let places = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_misses_says_so() {
        let mut table = Table::default();
        table.row("acks", 6_000.4, "/s", Target::AtLeast(7_000.0), "x");
        table.row("p99", 12.3, "ms", Target::AtMost(50.0), "");
        let mut out = Vec::new();
        table.print(&mut out, "a machine").unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("6000 /s") && text.contains("MISSES"), "{text}");
        assert!(text.contains("12.3 ms") && text.contains("<= 50.0 | holds"), "{text}");
    }
}
