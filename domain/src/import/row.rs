//! Writing many rows at once: what an import and the demo network share.
//!
//! A statement carries as many rows as it may bind values, so that a network of a hundred thousand ties is some dozens
//! of statements. Nothing is decided here: who hands over rows has locked and checked what they rest on.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable};

use super::{OnProgress, Progress, Stage};
use crate::entity::tie::{Answer, State};
use crate::entity::{block, claim, claim_code, imported_person, member, member_skill, tie};
use crate::error::Result;
use crate::store::BINDS;
use crate::text;

/// Tells how far one stage is.
pub(crate) struct Meter<'a> {
    progress: OnProgress<'a>,
    stage: Stage,
    done: AtomicUsize,
    total: usize,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(progress: OnProgress<'a>, stage: Stage, total: usize) -> Self {
        progress(Progress { stage, done: 0, total });
        Self { progress, stage, done: AtomicUsize::new(0), total }
    }

    /// `rows` more are done.
    pub(crate) fn add(&self, rows: usize) {
        let done = self.done.fetch_add(rows, Ordering::Relaxed) + rows;
        (self.progress)(Progress { stage: self.stage, done, total: self.total });
    }
}

/// Rows to write, of every table a network is made of.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) members: Vec<member::Model>,
    pub(crate) skills: Vec<member_skill::ActiveModel>,
    /// These take the place of the rows there are.
    pub(crate) people: Vec<imported_person::Model>,
    pub(crate) codes: Vec<claim_code::Model>,
    /// Their ends are written with them.
    pub(crate) ties: Vec<tie::Model>,
    pub(crate) claims: Vec<claim::Model>,
    pub(crate) blocks: Vec<block::Model>,
}

impl Rows {
    /// So many rows, ends included.
    pub(crate) fn len(&self) -> usize {
        let active = self.ties.iter().filter(|tie| tie.state == State::Active).count();
        let people = self.members.len() + self.skills.len() + self.people.len() + self.codes.len();
        people + self.ties.len() + 2 * active + self.claims.len() + self.blocks.len()
    }
}

/// Writes them, those first that others refer to.
pub(crate) async fn write(tx: &DatabaseTransaction, rows: Rows, meter: &Meter<'_>) -> Result<()> {
    let active = rows.ties.iter().filter(|tie| tie.state == State::Active);
    let mut ends: Vec<_> = active.flat_map(|tie| crate::tie::ends(tie.id, tie.low, tie.high, tie.evidence)).collect();
    // In the order of their key, so that its index grows page by page.
    ends.sort_by_key(|end| (end.member_id.try_as_ref().copied(), end.other_id.try_as_ref().copied()));
    let said = OnConflict::columns([imported_person::Column::Slug, imported_person::Column::ExternalId])
        .update_columns([imported_person::Column::MemberId, imported_person::Column::Said])
        .to_owned();
    insert::<member::Entity, _>(tx, rows.members, None, meter).await?;
    insert::<member_skill::Entity, _>(tx, rows.skills, None, meter).await?;
    insert::<imported_person::Entity, _>(tx, rows.people, Some(said), meter).await?;
    insert::<claim_code::Entity, _>(tx, rows.codes, None, meter).await?;
    insert::<tie::Entity, _>(tx, rows.ties, None, meter).await?;
    insert::<crate::entity::tie_end::Entity, _>(tx, ends, None, meter).await?;
    insert::<claim::Entity, _>(tx, rows.claims, None, meter).await?;
    insert::<block::Entity, _>(tx, rows.blocks, None, meter).await
}

/// Inserts rows of one table, in as few statements as may be; `conflict` says what becomes of those there are.
pub(crate) async fn insert<E, R>(
    tx: &DatabaseTransaction,
    rows: Vec<R>,
    conflict: Option<OnConflict>,
    meter: &Meter<'_>,
) -> Result<()>
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    R: IntoActiveModel<E::ActiveModel>,
{
    let at_once = BINDS / E::Column::iter().count();
    let mut rows = rows.into_iter();
    loop {
        let some: Vec<E::ActiveModel> = rows.by_ref().take(at_once).map(IntoActiveModel::into_active_model).collect();
        if some.is_empty() {
            return Ok(());
        }
        let count = some.len();
        let mut statement = E::insert_many(some);
        if let Some(conflict) = &conflict {
            statement = statement.on_conflict(conflict.clone());
        }
        statement.exec_without_returning(tx).await?;
        meter.add(count);
    }
}

/// Puts a member somewhere.
pub(crate) fn settle(member: &mut member::Model, area: Option<String>) {
    member.area_key = area.as_deref().map(text::key);
    member.area = area;
}

/// The same tie, agreed to by both the moment it began.
pub(crate) fn agreed(tie: tie::Model) -> tie::Model {
    let (low_answer, high_answer) = (Answer::Yes, Answer::Yes);
    tie::Model { low_answer, high_answer, state: State::Active, active_at: Some(tie.created_at), ..tie }
}
