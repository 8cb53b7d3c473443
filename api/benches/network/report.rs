//! What was measured: printed as it comes, and written to the target folder at the end.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::tools::say;

/// A part of what was measured: rows of the same figures.
struct Section {
    title: String,
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<f64>)>,
}

/// A promise, and what became of it.
struct Target {
    what: String,
    measured: f64,
    wanted: String,
    met: bool,
}

/// All that was measured.
#[derive(Default)]
pub struct Report {
    heads: Vec<String>,
    sections: Vec<Section>,
    targets: Vec<Target>,
}

impl Report {
    /// Says something about the whole.
    pub fn head(&mut self, line: String) {
        say(&line);
        self.heads.push(line);
    }

    /// Begins a part.
    pub fn section(&mut self, title: impl Into<String>, columns: &[&'static str]) {
        let section = Section { title: title.into(), columns: columns.to_vec(), rows: Vec::new() };
        say(&format!("\n{}", header(&section)));
        self.sections.push(section);
    }

    /// One row of the part that was begun last.
    pub fn row(&mut self, what: impl Into<String>, figures: &[f64]) {
        let section = self.sections.last_mut().expect("a part was begun");
        section.rows.push((what.into(), figures.to_vec()));
        say(&row(section, section.rows.len() - 1));
    }

    /// What was measured in the part `title`: the figure `column` of the row `what`.
    pub fn figure(&self, title: &str, what: &str, column: &str) -> Option<f64> {
        let section = self.sections.iter().find(|section| section.title.starts_with(title))?;
        let at = section.columns.iter().position(|name| *name == column)?;
        section.rows.iter().find(|(name, _)| name == what).map(|(_, figures)| figures[at])
    }

    /// A promise: met if `measured` is at least `least`.
    pub fn at_least(&mut self, what: &str, measured: Option<f64>, least: f64) {
        let Some(measured) = measured else { return };
        let wanted = format!(">= {}", number(least));
        self.targets.push(Target { what: what.to_owned(), measured, wanted, met: measured >= least });
    }

    /// A promise: met if `measured` is at most `most`.
    pub fn at_most(&mut self, what: &str, measured: Option<f64>, most: f64) {
        let Some(measured) = measured else { return };
        let wanted = format!("<= {}", number(most));
        self.targets.push(Target { what: what.to_owned(), measured, wanted, met: measured <= most });
    }

    /// The whole as a text.
    fn text(&self) -> String {
        let mut lines = self.heads.clone();
        for section in &self.sections {
            lines.push(format!("\n{}", header(section)));
            lines.extend((0..section.rows.len()).map(|at| row(section, at)));
        }
        lines.push(String::new());
        lines.extend(self.targets());
        lines.join("\n") + "\n"
    }

    fn targets(&self) -> Vec<String> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let line = |target: &Target| {
            let (met, measured) = (if target.met { "met" } else { "MISSED" }, number(target.measured));
            format!("{:<66} {measured:>10} {:>10}  {met}", target.what, target.wanted)
        };
        let head = format!("{:<66} {:>10} {:>10}", "targets", "measured", "wanted");
        [head].into_iter().chain(self.targets.iter().map(line)).collect()
    }

    /// Prints the promises, and writes everything to `bench-network.txt` and `bench-network.json` in `folder`.
    pub fn finish(&self, folder: &Path) {
        say("");
        self.targets().iter().for_each(|line| say(line));
        let rows = |section: &Section| {
            let row = |(what, figures): &(String, Vec<f64>)| {
                let figures =
                    section.columns.iter().zip(figures).map(|(name, figure)| ((*name).to_owned(), json!(figure)));
                let mut fields = Map::from_iter(figures);
                fields.insert("what".to_owned(), json!(what));
                Value::Object(fields)
            };
            json!({"title": section.title, "rows": section.rows.iter().map(row).collect::<Vec<_>>()})
        };
        let target = |target: &Target| json!({"what": target.what, "measured": target.measured, "wanted": target.wanted, "met": target.met});
        let all = json!({
            "about": self.heads,
            "sections": self.sections.iter().map(rows).collect::<Vec<_>>(),
            "targets": self.targets.iter().map(target).collect::<Vec<_>>(),
        });
        std::fs::write(folder.join("bench-network.txt"), self.text()).expect("written");
        std::fs::write(folder.join("bench-network.json"), format!("{all:#}\n")).expect("written");
        say(&format!("\nwritten to {}", folder.join("bench-network.{txt,json}").display()));
    }
}

fn header(section: &Section) -> String {
    let columns: String = section.columns.iter().map(|name| format!(" {name:>12}")).collect();
    format!("{:<42}{columns}", section.title)
}

fn row(section: &Section, at: usize) -> String {
    let (what, figures) = &section.rows[at];
    let figures: String = figures.iter().map(|figure| format!(" {:>12}", number(*figure))).collect();
    format!("{what:<42}{figures}")
}

/// A number with as many digits as mean something.
fn number(number: f64) -> String {
    match number {
        number if number.is_nan() => "-".to_owned(),
        number if number == 0.0 || number.abs() >= 100.0 => format!("{number:.0}"),
        number if number.abs() >= 10.0 => format!("{number:.1}"),
        number if number.abs() >= 1.0 => format!("{number:.2}"),
        number => format!("{number:.3}"),
    }
}

/// The one of `values` below which so many of a hundred lie.
pub fn percentile<T: Copy + Ord>(values: &mut [T], percent: usize) -> T {
    values.sort_unstable();
    values[(values.len() * percent / 100).min(values.len() - 1)]
}

/// The one in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
