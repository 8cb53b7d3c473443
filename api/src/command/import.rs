//! `kith import`: an existing offline network, from two CSV files, brought online in one transaction.
//!
//! What a list may do is [`domain::import`]'s to say; here files become rows with their line numbers, and its answer
//! becomes words. Claim codes are in their file, which nobody else may read, before anything is written to the
//! database: a crash may leave codes without people, which harms nobody, but never people without their codes.
//!
//! Deliberately absent: other formats and separators than comma-separated UTF-8, guesses which column is which.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use domain::Kith;
use domain::ctx::{Ctx, Viewer};
use domain::error::Error;
use domain::import::{
    self, ClaimCode, Fault, File, Found, Founding, Import, ImportedCommunity, Person, Prepared, Report, Tie, TiesAs,
};

use super::progress::{self, Bar};
use crate::words::{Language, say};

/// Bring an existing offline network online, in one transaction
///
/// Run again with the same NAME, it follows the list where nobody has had a say since: it overwrites nothing a member
/// edited, and revives nothing that was ended, blocked or deleted. Any bad row, and nothing is imported.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// What the list is called: person 89 of the list "office" becomes the member "office-89"
    #[arg(long, value_name = "NAME")]
    slug: String,
    /// The people: comma-separated UTF-8, whose first line names the columns
    #[arg(long, value_name = "FILE")]
    people: PathBuf,
    /// Who knows whom among them: a tie a line, in either order
    #[arg(long, value_name = "FILE")]
    ties: Option<PathBuf>,
    /// The people's column that identifies them; a later import of the same list finds them by it
    #[arg(long, value_name = "COLUMN", default_value = "id")]
    id_column: String,
    /// The people's column with their names; without it, the id serves
    #[arg(long, value_name = "COLUMN")]
    name_column: Option<String>,
    /// The people's column with their e-mail addresses; who has none gets a one-time claim code
    #[arg(long, value_name = "COLUMN")]
    email_column: Option<String>,
    /// The people's column with what they can help with, separated by ";" or ","
    #[arg(long, value_name = "COLUMN")]
    skills_column: Option<String>,
    /// The people's column with where they are
    #[arg(long, value_name = "COLUMN")]
    area_column: Option<String>,
    /// The ties' column with the id of one of the two
    #[arg(long, value_name = "COLUMN", default_value = "from")]
    from_column: String,
    /// The ties' column with the id of the other
    #[arg(long, value_name = "COLUMN", default_value = "to")]
    to_column: String,
    /// Whether ties are active at once, because you vouch for the list, or wait until both have confirmed them
    #[arg(long, value_name = "STATE", value_enum, default_value = "active")]
    ties_as: Ties,
    /// A community that some of the people found; run again, those found it who are named anew, while it is forming
    #[arg(long, value_name = "NAME", requires = "founders")]
    community: Option<String>,
    /// The ids of its founders, separated by ","; the first of them becomes its steward
    #[arg(long, value_name = "IDS", value_delimiter = ',', requires = "community")]
    founders: Vec<String>,
    /// Say what it would do, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Where the claim codes go: a new file that only you may read [default: NAME-claim-codes.csv]
    #[arg(long, value_name = "FILE")]
    codes: Option<PathBuf>,
}

/// The values of `--ties-as`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Ties {
    /// You vouch for the list
    Active,
    /// Both have to confirm
    Pending,
}

/// Runs the command. The error says what to do, on one or many lines.
pub(crate) async fn run(args: &ImportArgs, kith: &Kith) -> std::result::Result<(), String> {
    let import = read(args)?;
    let ctx = Ctx::new(kith, Viewer::System);
    let bar = progress::bar();
    let prepared = import::prepare(&ctx, &import, &|progress| bar.show(progress)).await.map_err(explain)?;
    let prepared = prepared.map_err(|faults| mend(args, &faults))?;
    let (report, codes) = (prepared.report().clone(), prepared.codes().to_vec());
    let file = args.codes.clone().unwrap_or_else(|| PathBuf::from(format!("{}-claim-codes.csv", import.slug.trim())));
    if !codes.is_empty() && file.symlink_metadata().is_ok() {
        return Err(exists(&file));
    }
    if args.dry_run {
        prepared.leave().await.map_err(explain)?;
    } else {
        write(&ctx, prepared, &codes, &file, &bar).await?;
    }
    bar.finish();
    // A terminal that went away is no reason to call a finished import failed.
    drop(std::io::stdout().write_all(summary(args, &import, &report, codes.len(), &file).as_bytes()));
    Ok(())
}

async fn write(
    ctx: &Ctx,
    prepared: Prepared,
    codes: &[ClaimCode],
    file: &Path,
    bar: &Bar,
) -> std::result::Result<(), String> {
    if !codes.is_empty() {
        keep(codes, file)?;
    }
    match prepared.write(ctx, &|progress| bar.show(progress)).await {
        Ok(()) => Ok(()),
        Err(error) if codes.is_empty() => Err(explain(error)),
        Err(error @ Error::Refused(_)) => {
            drop(std::fs::remove_file(file));
            Err(explain(error))
        }
        // The connection may have broken after the database had committed: then these are the only codes there are.
        Err(error) => Err(format!(
            "{}\nThe database did not confirm the import. Run it again with --dry-run: if it finds {} new people, nothing was written, so delete {}; if it finds none, everything was, so keep it.",
            explain(error),
            codes.len(),
            file.display()
        )),
    }
}

/// Reads both files; every malformed row of either is told.
fn read(args: &ImportArgs) -> std::result::Result<Import, String> {
    let mut bad = Vec::new();
    let people = Table::read(&args.people, &mut bad)?;
    let id = people.column(&args.id_column, "--id-column")?;
    let optional = |name: &Option<String>, flag| name.as_deref().map(|name| people.column(name, flag)).transpose();
    let name = optional(&args.name_column, "--name-column")?;
    let email = optional(&args.email_column, "--email-column")?;
    let skills = optional(&args.skills_column, "--skills-column")?;
    let area = optional(&args.area_column, "--area-column")?;
    let cell = |row: &StringRecord, column: Option<usize>| column.and_then(|column| row.get(column)).map(str::to_owned);
    let person = |(line, row): &(u64, StringRecord)| Person {
        line: *line,
        id: cell(row, Some(id)).unwrap_or_default(),
        name: cell(row, name),
        email: cell(row, email),
        skills: cell(row, skills).unwrap_or_default().split([';', ',']).map(str::to_owned).collect(),
        area: cell(row, area),
    };
    let persons = people.rows.iter().map(person).collect();
    let mut ties = Vec::new();
    if let Some(path) = &args.ties {
        let table = Table::read(path, &mut bad)?;
        let from = table.column(&args.from_column, "--from-column")?;
        let to = table.column(&args.to_column, "--to-column")?;
        let end = |row: &StringRecord, column| cell(row, Some(column)).unwrap_or_default();
        ties.extend(table.rows.iter().map(|(line, row)| Tie { line: *line, from: end(row, from), to: end(row, to) }));
    }
    if !bad.is_empty() {
        return Err(nothing(&bad));
    }
    let ties_as = match args.ties_as {
        Ties::Active => TiesAs::Active,
        Ties::Pending => TiesAs::Pending,
    };
    let founders = args.founders.clone();
    let community = args.community.clone().map(|name| ImportedCommunity { name, founders });
    Ok(Import { slug: args.slug.clone(), people: persons, ties, ties_as, community })
}

/// A CSV file: the names of its columns, and its rows with the lines they begin in.
struct Table {
    path: PathBuf,
    columns: StringRecord,
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
    fn read(path: &Path, bad: &mut Vec<String>) -> std::result::Result<Self, String> {
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|cause| format!("{shown} cannot be read: {cause}."))?;
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes.as_slice());
        let columns = reader
            .headers()
            .map_err(|cause| format!("{shown}:1: The names of the columns cannot be read: {cause}."))?
            .clone();
        if columns.is_empty() {
            return Err(format!("{shown} is empty; its first line must name the columns."));
        }
        let mut lines = Lines { bytes: &bytes, at: 0, line: 1 };
        let mut rows = Vec::new();
        for row in reader.records() {
            match row {
                Ok(row) => rows.push((lines.of(row.position()), row)),
                Err(error) => bad.push(match error.kind() {
                    ErrorKind::UnequalLengths { pos, expected_len, len } => {
                        let line = lines.of(pos.as_ref());
                        format!("{shown}:{line}: This row has {len} cells, and there are {expected_len} columns; put a cell with a comma in it in quotes.")
                    }
                    ErrorKind::Utf8 { pos, .. } => {
                        format!("{shown}:{}: This row is not UTF-8; save the file as UTF-8.", lines.of(pos.as_ref()))
                    }
                    _ => return Err(format!("{shown} cannot be read: {error}.")),
                }),
            }
        }
        Ok(Self { path: path.to_owned(), columns, rows })
    }

    fn column(&self, name: &str, flag: &str) -> std::result::Result<usize, String> {
        let shown = self.path.display();
        let mut found = self.columns.iter().enumerate().filter(|(_, column)| *column == name.trim()).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(at),
            (Some(_), Some(_)) => Err(format!("{shown} has more than one column {name:?}; give them different names.")),
            (None, _) => {
                let columns = self.columns.iter().map(|column| format!("{column:?}")).collect::<Vec<_>>().join(", ");
                let only = self.columns.len() == 1 && self.columns.iter().any(|column| column.contains([';', '\t']));
                let hint = if only { " Its cells are to be separated by commas." } else { "" };
                Err(format!("{shown} has no column {name:?}; it has {columns}. Choose one with {flag}.{hint}"))
            }
        }
    }
}

/// Counts lines up to where a row begins. The reader's own count is that of the row before it where lines end in
/// CR LF or are empty.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let begin = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let rest = self.bytes.get(begin..).unwrap_or_default();
        let begin = begin + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let between = self.bytes.get(self.at..begin).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = begin.max(self.at);
        self.line
    }
}

/// The faults of rows, as compilers write them.
fn mend(args: &ImportArgs, faults: &[Fault]) -> String {
    let line = |fault: &Fault| {
        let file = match fault.file {
            File::People => args.people.display().to_string(),
            File::Ties => args.ties.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
            File::Founders => "--founders".to_owned(),
        };
        let rule = fault.rule.as_ref().map(|rule| format!(": {}", say(Language::English, rule))).unwrap_or_default();
        format!("{file}:{}: {}{rule}", fault.line, fault.message)
    };
    nothing(&faults.iter().map(line).collect::<Vec<_>>())
}

fn nothing(bad: &[String]) -> String {
    let (is, them) = if bad.len() == 1 { ("1 fault", "it") } else { (&*format!("{} faults", bad.len()), "them") };
    format!("{}\nNothing was imported: {is}. Mend {them} and run the import again.", bad.join("\n"))
}

fn explain(error: Error) -> String {
    match error {
        Error::Refused(refusals) => {
            let words = |refusal: domain::error::Refusal| {
                let message = say(Language::English, &refusal.message);
                match refusal.path.first() {
                    Some(field) => format!("--{field}: {message}"),
                    None => message,
                }
            };
            refusals.into_iter().map(words).collect::<Vec<_>>().join("\n")
        }
        Error::Unavailable(_) => {
            "The database is away or busy; try again in a moment, or ask `kith doctor`.".to_owned()
        }
        Error::Internal(cause) => format!("The import failed: {cause}."),
        Error::AlreadyDone
        | Error::Unauthenticated
        | Error::ScopeMissing(_)
        | Error::InvalidCursor
        | Error::InvalidPageSize
        | Error::RetryConflict => {
            format!("The import failed: {error:?}.")
        }
    }
}

fn exists(file: &Path) -> String {
    format!(
        "{} is there already, and may hold codes that are still needed. Move it away, or choose another file with --codes. Nothing was imported.",
        file.display()
    )
}

/// Writes the codes to a file that is new and that only its owner may read, and waits until the disk has it.
fn keep(codes: &[ClaimCode], file: &Path) -> std::result::Result<(), String> {
    let opened = super::create_private(file).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => exists(file),
        _ => format!(
            "{} cannot be made: {cause}. Choose another file with --codes. Nothing was imported.",
            file.display()
        ),
    })?;
    save(codes, &opened).map_err(|cause| {
        drop(std::fs::remove_file(file));
        format!(
            "{} cannot be written: {cause}. Choose another file with --codes. Nothing was imported.",
            file.display()
        )
    })
}

fn save(codes: &[ClaimCode], file: &std::fs::File) -> std::result::Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(["id", "handle", "name", "code"])?;
    for code in codes {
        writer.write_record([&code.id, &code.handle, &code.name, &code.code])?;
    }
    writer.flush()?;
    Ok(file.sync_all()?)
}

fn summary(args: &ImportArgs, import: &Import, report: &Report, codes: usize, file: &Path) -> String {
    let new = match args.ties_as {
        Ties::Active => "active",
        Ties::Pending => "awaiting both answers",
    };
    let people = [
        (report.created, "new"),
        (report.linked.len(), "members already, found by e-mail"),
        (report.updated, "updated"),
        (report.unchanged, "unchanged"),
        (report.gone, "gone, left gone"),
    ];
    let ties = [
        (report.ties, new),
        (report.kept, "left as they are"),
        (report.duplicates, "named more than once"),
        (report.ties_gone, "of people who are gone"),
    ];
    let first = if args.dry_run { "Dry run, nothing was written. It would import" } else { "Imported" };
    let mut lines = vec![format!("{first} {:?}:", import.slug)];
    lines.push(format!("  people {:>7}: {}", import.people.len(), counted(&people)));
    if args.ties.is_some() {
        lines.push(format!("  ties   {:>7}: {}", import.ties.len(), counted(&ties)));
    }
    lines.extend(
        report.linked.iter().map(|linked| format!("  person {:?} is the member @{}", linked.id, linked.handle)),
    );
    if let (Some(new), Some(founding)) = (&import.community, &report.community) {
        lines.push(founded(new, founding));
    }
    if codes > 0 && args.dry_run {
        lines.push(format!("  codes  {codes:>7}: would go to {}", file.display()));
    } else if codes > 0 {
        lines
            .push(format!("  codes  {codes:>7}: in {}; give each to its person, then delete the file", file.display()));
    }
    lines.join("\n") + "\n"
}

/// What becomes of the community.
fn founded(new: &ImportedCommunity, founding: &Founding) -> String {
    let (community, slug) = (new.name.trim(), &founding.slug);
    let (is, joined) = match founding.found {
        Found::Nothing => ("new", "founders"),
        Found::Forming => ("forming", "more founders"),
        Found::Settled => return format!("  community {community:?} ({slug}) is not forming any more: left as it is"),
    };
    let founders = [
        (founding.joined, joined),
        (founding.kept, "left as they are"),
        (founding.gone, "gone or suspended, left out"),
    ];
    format!("  community {community:?} ({slug}), {is}: {}", counted(&founders))
}

/// The counts that are not zero.
fn counted(counts: &[(usize, &str)]) -> String {
    let some: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if some.is_empty() { "none".to_owned() } else { some.join(", ") }
}
