//! An existing network of people, brought online from a list: all of it in one transaction, or nothing.
//!
//! A list is trusted for what it says and for nothing more. Every row is checked before any is written, and all bad
//! rows are told at once. Running a list again follows it only where nobody has had a say since: a field changes if it
//! still is what the list said last time (a three-way merge), and a pair that ever had a tie or a block is left as it
//! is, so that an import never overwrites what a member edited, nor revives what was ended, blocked or deleted.
//!
//! [`prepare`] reads, locks, checks and decides; [`Prepared::write`] writes and commits. Between the two the caller can
//! put the claim codes where they are safe, or stop after looking, which is a dry run.
//!
//! Some of the people may found a community, in the same transaction; a later run lets those found it who are named anew.
//!
//! Deliberately absent: reading files, which is the API's; removing people who are no longer in a list; merging two
//! people; letting anybody but founders into a community. An empty cell says nothing, so it never erases anything either.

mod check;
mod community;
mod pair;
mod person;
pub(crate) mod row;
#[cfg(test)]
mod tests;

use sea_orm::DatabaseTransaction;

use self::person::Placed;
pub(crate) use self::person::gone_id;
use self::row::{Meter, Rows};
use crate::ctx::{Ctx, Viewer};
use crate::error::{Code, Error, Message, Refusal, Result};
use crate::event::{self, Change};
use crate::id::MemberId;
use crate::{member as profile, text};

/// A list of people and of their ties.
#[derive(Clone, Debug)]
pub struct Import {
    /// What the list is called: person 89 of the list `office` becomes the member `office-89`.
    pub slug: String,
    /// The people.
    pub people: Vec<Person>,
    /// Who knows whom among them.
    pub ties: Vec<Tie>,
    /// Whether the two have to confirm a tie.
    pub ties_as: TiesAs,
    /// The community that some of them found.
    pub community: Option<ImportedCommunity>,
}

/// A community that people of a list found. It is the same one whenever list and name are the same.
#[derive(Clone, Debug, Default)]
pub struct ImportedCommunity {
    /// What it is called: at most 80 characters.
    pub name: String,
    /// What the list calls its founders; the first of them who can act becomes its steward.
    pub founders: Vec<String>,
}

/// One person of a list.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Where the row begins in its file, counted from 1.
    pub line: u64,
    /// What the list calls them; distinct.
    pub id: String,
    /// What people call them; the id serves if the list does not say.
    pub name: Option<String>,
    /// Their address; a member who has it is this person.
    pub email: Option<String>,
    /// What they can help with.
    pub skills: Vec<String>,
    /// Where they are.
    pub area: Option<String>,
}

/// Two people of a list who know each other, in either order.
#[derive(Clone, Debug, Default)]
pub struct Tie {
    /// Where the row begins in its file, counted from 1.
    pub line: u64,
    /// The id of one.
    pub from: String,
    /// The id of the other.
    pub to: String,
}

/// What becomes of a listed tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TiesAs {
    /// It is active: the operator vouches for the list.
    Active,
    /// It waits until both have confirmed it.
    Pending,
}

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    /// In the people's file.
    People,
    /// In the ties'.
    Ties,
    /// In none: it is one of the founders named.
    Founders,
}

/// A bad row. One is enough, and nothing is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: File,
    /// Where the row begins in it; of founders, which one, counted from 1.
    pub line: u64,
    /// What is wrong, in the operator's language.
    pub message: String,
    /// What a rule for members says of it, if that is what is wrong.
    pub rule: Option<Message>,
}

/// What an import does, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// People who become members.
    pub created: usize,
    /// People who are members already, found by their address; nothing of theirs changes.
    pub linked: Vec<Linked>,
    /// Members imported before of whom something changes.
    pub updated: usize,
    /// Members imported before of whom nothing changes.
    pub unchanged: usize,
    /// People whose member is gone; they are left gone.
    pub gone: usize,
    /// Ties that come online.
    pub ties: usize,
    /// Pairs that have, or had, a tie, or a block: left as they are.
    pub kept: usize,
    /// Rows that name a pair another row names.
    pub duplicates: usize,
    /// Rows that name somebody whose member is gone.
    pub ties_gone: usize,
    /// What becomes of the community, if the list founds one.
    pub community: Option<Founding>,
}

/// What an import does about a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// The community's name in addresses.
    pub slug: String,
    /// What it is when the import begins.
    pub found: Found,
    /// Founders who join.
    pub joined: usize,
    /// Founders who are left as they are: they are or were something to it, or it is settled.
    pub kept: usize,
    /// Founders whose member is gone, or cannot act.
    pub gone: usize,
}

/// What a community is when an import begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is none yet.
    Nothing,
    /// It is forming, and founders may join.
    Forming,
    /// It was launched or archived, so its founders are known, and the import changes nothing.
    Settled,
}

/// Somebody who was a member before they were imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// What the list calls them.
    pub id: String,
    /// The member's handle.
    pub handle: String,
}

/// What lets somebody without an e-mail address take over their account, once. Shown to nobody but the operator; the
/// database holds its fingerprint only. Not `Debug`, so that no log holds it by mistake.
#[derive(Clone)]
pub struct ClaimCode {
    /// What the list calls them.
    pub id: String,
    /// Their handle.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// The code: 140 random bits, in groups of four letters and digits.
    pub code: String,
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// So many rows of it are done.
    pub done: usize,
    /// So many there are.
    pub total: usize,
}

/// The parts of the work, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Comparing the list with what there is.
    Checking,
    /// Writing.
    Writing,
}

/// Hears how far the work is.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// An import that is checked and decided, and holds its locks: write it, or let go of it.
pub struct Prepared {
    tx: DatabaseTransaction,
    report: Report,
    codes: Vec<ClaimCode>,
    rows: Rows,
    edits: Vec<person::Edited>,
    /// Members whose ties change and who were there before: a new member's id cannot be in a cache.
    retied: Vec<MemberId>,
    community: Option<community::Planned>,
}

/// Checks a list against itself and the database, and decides what to write. Members concerned stay locked until the
/// result is written or dropped.
///
/// # Errors
/// [`Error::Unauthenticated`] unless the service itself asks; refused with [`Code::InvalidInput`] if the slug cannot
/// begin a handle or the community cannot be called so, with [`Code::SlugTaken`] if another has its name in addresses.
/// Within: every bad row, by file and line.
pub async fn prepare(
    ctx: &Ctx,
    import: &Import,
    progress: OnProgress<'_>,
) -> Result<std::result::Result<Prepared, Vec<Fault>>> {
    if ctx.viewer != Viewer::System {
        return Err(Error::Unauthenticated);
    }
    let slug = text::handle("slug", &import.slug)?;
    let new = import.community.as_ref().map(|new| text::line("community", &new.name, 80).map(|name| (name, new)));
    let new = new.transpose()?;
    let rows = import.people.len() + import.ties.len();
    let meter = Meter::new(progress, Stage::Checking, rows);
    let mut faults = Vec::new();
    let listed = check::people(&slug, &import.people, &mut faults);
    let named = check::ties(&import.people, &import.ties, &mut faults);
    let tx = ctx.kith.store.begin().await?;
    let mut placed = person::place(ctx, &tx, &slug, listed, &mut faults).await?;
    meter.add(import.people.len());
    let pairs = pair::decide(ctx, &tx, &named, import.ties_as, &mut placed, &mut faults).await?;
    meter.add(import.ties.len());
    let community = match new {
        Some((name, new)) => {
            let founders = check::founders(&import.people, &new.founders, &mut faults);
            community::decide(ctx, &tx, &slug, name, &founders, &mut placed, &mut faults).await?
        }
        None => None,
    };
    if !faults.is_empty() {
        tx.rollback().await?;
        faults.sort_by(|a, b| (a.file, a.line, &a.message).cmp(&(b.file, b.line, &b.message)));
        return Ok(Err(faults));
    }
    let Placed { mut rows, edits, report, codes, .. } = placed;
    rows.ties = pairs.ties;
    Ok(Ok(Prepared { tx, report, codes, rows, edits, retied: pairs.retied, community }))
}

/// Most members a row of the outbox names: some 200 kB.
const MOST_NAMED: usize = 5_000;

impl Prepared {
    /// What writing it does.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The codes it hands out. They are nowhere else: keep them before writing.
    pub fn codes(&self) -> &[ClaimCode] {
        &self.codes
    }

    /// Writes everything, and commits.
    ///
    /// # Errors
    /// Refused with [`Code::WrongState`] if somebody took a handle or an address a moment ago; nothing is written then.
    /// Otherwise as the database says.
    pub async fn write(self, ctx: &Ctx, progress: OnProgress<'_>) -> Result<()> {
        let Self { tx, rows, edits, retied, community, .. } = self;
        let founding = community.as_ref().map_or(0, community::Planned::len);
        let meter = Meter::new(progress, Stage::Writing, rows.len() + edits.len() + founding);
        let joined: Vec<MemberId> = community.iter().flat_map(community::Planned::joining).collect();
        let cards: Vec<MemberId> = edits.iter().map(|edited| edited.member.id).collect();
        // SQLite has one writer at a time, so only PostgreSQL can find a name taken that was free when it was checked.
        let taken = || Refusal::new(Code::WrongState, Message::new("list-overtaken"));
        let written = async {
            person::write(&tx, edits, &meter).await?;
            row::write(&tx, rows, &meter).await?;
            match community {
                Some(community) => community.write(ctx, &tx, &meter).await,
                None => Ok(()),
            }
        };
        written
            .await
            .map_err(|error: Error| error.on_unique(&profile::HANDLE, taken()).on_unique(&profile::EMAIL, taken()))?;
        event::roster::mark(ctx, &tx, &cards).await?;
        let ties = retied.chunks(MOST_NAMED).map(|some| Change { ties: some.to_vec(), ..Change::default() });
        let cards = cards.chunks(MOST_NAMED).map(|some| Change { cards: some.to_vec(), ..Change::default() });
        let joined = joined.chunks(MOST_NAMED).map(|some| Change { communities: some.to_vec(), ..Change::default() });
        let mut changes: Vec<Change> = ties.chain(cards).chain(joined).collect();
        let last = changes.pop().unwrap_or_default();
        for change in &changes {
            event::enqueue(ctx, &tx, change).await?;
        }
        event::commit(ctx, tx, last).await
    }

    /// Lets go of it; nothing was written.
    ///
    /// # Errors
    /// As the database says.
    pub async fn leave(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}
