//! Who the people of a list are: members already, members to be, or gone; and what of a member follows the list.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::check::{Listed, Says};
use super::row::{self, Meter, Rows};
use super::{ClaimCode, Fault, File, Linked, Report};
use crate::code;
use crate::ctx::Ctx;
use crate::entity::{claim_code, imported_person, member, member_skill};
use crate::error::{Error, Result};
use crate::id::MemberId;
use crate::member as profile;
use crate::secret;
use crate::store::{self, BINDS};

/// The people of a list, each in their place.
#[derive(Default)]
pub(super) struct Placed {
    /// The member each id stands for; `None` if that member is gone.
    pub(super) members: HashMap<String, Option<MemberId>>,
    /// Those of them who were members before.
    pub(super) before: HashSet<MemberId>,
    pub(super) rows: Rows,
    pub(super) edits: Vec<Edited>,
    pub(super) codes: Vec<ClaimCode>,
    pub(super) report: Report,
}

/// A member who follows the list.
pub(super) struct Edited {
    /// As they are from now on.
    pub(super) member: member::Model,
    line: u64,
    readdressed: bool,
    skills: Option<Vec<String>>,
}

/// What an import keeps of a person: what the list said, and whose the account was to begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    account: Account,
    #[serde(flatten)]
    says: Says,
}

/// Whose an account was when it was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Account {
    /// The import made it, so that it follows the list until the member has a say.
    Made,
    /// The member made it, so that the list has none.
    Found,
}

/// What the database holds about the people of a list; their rows are locked.
struct Known {
    people: HashMap<String, imported_person::Model>,
    members: HashMap<MemberId, member::Model>,
    skills: HashMap<MemberId, Vec<String>>,
}

/// Finds out who they are, and decides what to write of each.
pub(super) async fn place(
    ctx: &Ctx,
    tx: &DatabaseTransaction,
    slug: &str,
    listed: Vec<Listed>,
    faults: &mut Vec<Fault>,
) -> Result<Placed> {
    let mut known = known(tx, slug, &listed).await?;
    let mut placed = Placed::default();
    let (old, new): (Vec<Listed>, Vec<Listed>) =
        listed.into_iter().partition(|person| known.people.contains_key(&person.id));
    for person in &old {
        revisit(ctx, &mut known, person, &mut placed)?;
    }
    // An address is free once the member who has it follows the list to another.
    let moved: HashSet<MemberId> =
        placed.edits.iter().filter(|edit| edit.readdressed).map(|edit| edit.member.id).collect();
    let staying = known.members.values().filter(|member| !moved.contains(&member.id));
    let by_email: HashMap<&str, &member::Model> =
        staying.filter_map(|member| Some((member.email.as_deref()?, member))).collect();
    let by_handle: HashSet<&str> = known.members.values().map(|member| member.handle.as_str()).collect();
    for edit in placed.edits.iter().filter(|edit| edit.readdressed) {
        if let Some(owner) = edit.member.email.as_deref().and_then(|email| by_email.get(email)) {
            faults.push(fault(edit.line, format!("The e-mail address belongs to another member, @{}.", owner.handle)));
        }
    }
    for person in &new {
        match person.says.email.as_deref().and_then(|email| by_email.get(email)) {
            Some(owner) => link(slug, person, owner, &mut placed)?,
            None if by_handle.contains(person.handle.as_str()) => {
                let message =
                    format!("The handle {:?} belongs to a member who was not imported as this person.", person.handle);
                faults.push(fault(person.line, message));
            }
            None => create(ctx, slug, person, &mut placed)?,
        }
    }
    let mut taken: HashMap<MemberId, &str> = HashMap::new();
    for person in old.iter().chain(&new) {
        let Some(Some(member)) = placed.members.get(&person.id) else { continue };
        if let Some(other) = taken.insert(*member, &person.id) {
            faults.push(fault(
                person.line,
                format!("This is the same member as {other:?}; one member cannot be two people of a list."),
            ));
        }
    }
    Ok(placed)
}

fn fault(line: u64, message: String) -> Fault {
    Fault { file: File::People, line, message, rule: None }
}

/// Locks whom the list may be about, and reads what is known of them.
async fn known(tx: &DatabaseTransaction, slug: &str, listed: &[Listed]) -> Result<Known> {
    let ids: HashSet<&str> = listed.iter().map(|person| person.id.as_str()).collect();
    let people = imported_person::Entity::find().filter(imported_person::Column::Slug.eq(slug)).all(tx).await?;
    let gone: HashMap<String, &str> = ids.iter().map(|id| (gone_id(slug, id), *id)).collect();
    let listed_as = |row: &imported_person::Model| match ids.get(row.external_id.as_str()) {
        Some(id) => Some((*id).to_owned()),
        None => gone.get(&row.external_id).map(|id| (*id).to_owned()),
    };
    let people: HashMap<String, imported_person::Model> =
        people.into_iter().filter_map(|row| Some((listed_as(&row)?, row))).collect();
    let mut concerned: BTreeSet<MemberId> = people.values().filter_map(|row| row.member_id).collect();
    let emails: Vec<&str> = listed.iter().filter_map(|person| person.says.email.as_deref()).collect();
    let handles: Vec<&str> = listed.iter().map(|person| person.handle.as_str()).collect();
    for (column, values) in [(member::Column::Email, emails), (member::Column::Handle, handles)] {
        for some in values.chunks(BINDS) {
            let bearers = member::Entity::find().select_only().column(member::Column::Id);
            let bearers: Vec<MemberId> =
                bearers.filter(column.is_in(some.iter().copied())).into_tuple().all(tx).await?;
            concerned.extend(bearers);
        }
    }
    let (mut members, mut skills) = (HashMap::new(), HashMap::<MemberId, Vec<String>>::new());
    let concerned: Vec<MemberId> = concerned.into_iter().collect();
    for some in concerned.chunks(BINDS) {
        let locked = store::lock_members(tx, some.iter().copied()).await?;
        members.extend(locked.into_iter().map(|row| (row.id, row)));
        let named = member_skill::Entity::find()
            .filter(member_skill::Column::MemberId.is_in(some.iter().copied()))
            .order_by_asc(member_skill::Column::Position);
        for skill in named.all(tx).await? {
            skills.entry(skill.member_id).or_default().push(skill.label);
        }
    }
    Ok(Known { people, members, skills })
}

/// What is kept of the id of somebody who was imported and is gone: enough to know them in a list, and no more.
pub(crate) fn gone_id(slug: &str, id: &str) -> String {
    format!("gone:{}", secret::hash(format!("{slug}/{id}").as_bytes()))
}

/// Somebody the list brought before: they follow it where nobody had a say since.
fn revisit(ctx: &Ctx, known: &mut Known, person: &Listed, placed: &mut Placed) -> Result<()> {
    let Some(row) = known.people.remove(&person.id) else { return Ok(()) };
    // The member may have gone between the two reads; the lock has told.
    let Some(old) = row.member_id.and_then(|id| known.members.get(&id)) else {
        placed.report.gone += 1;
        placed.members.insert(person.id.clone(), None);
        return Ok(());
    };
    placed.members.insert(person.id.clone(), Some(old.id));
    placed.before.insert(old.id);
    let said: Said =
        serde_json::from_str(&row.said).map_err(|cause| Error::Internal(format!("imported_person: {cause}")))?;
    let says = person.says.clone().or(&said.says);
    let edited = match said.account {
        Account::Made => {
            follow(ctx, old, known.skills.get(&old.id).map_or(&[], Vec::as_slice), &said.says, &says, person.line)
        }
        Account::Found => None,
    };
    match edited {
        Some(edited) => {
            placed.report.updated += 1;
            placed.edits.push(edited);
        }
        None => placed.report.unchanged += 1,
    }
    if says != said.says {
        placed.rows.people.push(imported_person::Model { said: text_of(&Said { says, ..said })?, ..row });
    }
    Ok(())
}

impl Says {
    /// What this list says, and where it says nothing, what the last one said.
    fn or(self, last: &Self) -> Self {
        Self {
            name: self.name.or_else(|| last.name.clone()),
            email: self.email.or_else(|| last.email.clone()),
            skills: if self.skills.is_empty() { last.skills.clone() } else { self.skills },
            area: self.area.or_else(|| last.area.clone()),
        }
    }
}

/// The member after a three-way merge, or `None` if they stay as they are.
fn follow(ctx: &Ctx, old: &member::Model, skills: &[String], said: &Says, says: &Says, line: u64) -> Option<Edited> {
    let mut member = old.clone();
    if says.name != said.name && said.name.as_ref() == Some(&old.name) {
        member.name = says.name.clone()?;
    }
    if says.email != said.email && said.email == old.email {
        member.email = says.email.clone();
    }
    if says.area != said.area && said.area == old.area {
        row::settle(&mut member, says.area.clone());
    }
    let readdressed = member.email != old.email;
    let skills = (says.skills != said.skills && said.skills == skills).then(|| says.skills.clone());
    if member == *old && skills.is_none() {
        return None;
    }
    member.updated_at = ctx.now;
    Some(Edited { member, line, readdressed, skills })
}

/// Somebody new to the list who is a member already.
fn link(slug: &str, person: &Listed, owner: &member::Model, placed: &mut Placed) -> Result<()> {
    placed.members.insert(person.id.clone(), Some(owner.id));
    placed.before.insert(owner.id);
    placed.report.linked.push(Linked { id: person.id.clone(), handle: owner.handle.clone() });
    remember(slug, person, owner.id, Said { account: Account::Found, says: person.says.clone() }, placed)
}

/// Somebody new.
fn create(ctx: &Ctx, slug: &str, person: &Listed, placed: &mut Placed) -> Result<()> {
    let mut says = person.says.clone();
    let name = says.name.get_or_insert_with(|| person.id.clone()).clone();
    let mut member = profile::new(MemberId::fresh(), person.handle.clone(), name.clone(), ctx.now);
    member.email = says.email.clone();
    row::settle(&mut member, says.area.clone());
    if member.email.is_none() {
        let code = code::fresh();
        let (member_id, code_hash) = (member.id, code::fingerprint(&code));
        placed.rows.codes.push(claim_code::Model { member_id, code_hash, created_at: ctx.now });
        placed.codes.push(ClaimCode { id: person.id.clone(), handle: person.handle.clone(), name, code });
    }
    placed.rows.skills.extend(profile::skill_rows(member.id, &says.skills));
    placed.report.created += 1;
    placed.members.insert(person.id.clone(), Some(member.id));
    remember(slug, person, member.id, Said { account: Account::Made, says }, placed)?;
    placed.rows.members.push(member);
    Ok(())
}

fn remember(slug: &str, person: &Listed, member: MemberId, said: Said, placed: &mut Placed) -> Result<()> {
    let (slug, external_id, said) = (slug.to_owned(), person.id.clone(), text_of(&said)?);
    placed.rows.people.push(imported_person::Model { slug, external_id, member_id: Some(member), said });
    Ok(())
}

fn text_of(said: &Said) -> Result<String> {
    serde_json::to_string(said).map_err(|cause| Error::Internal(format!("imported_person: {cause}")))
}

/// Writes what follows the list.
pub(super) async fn write(tx: &DatabaseTransaction, edits: Vec<Edited>, meter: &Meter<'_>) -> Result<()> {
    // Addresses first become free, so that two members can exchange theirs.
    let moved: Vec<MemberId> = edits.iter().filter(|edit| edit.readdressed).map(|edit| edit.member.id).collect();
    for some in moved.chunks(BINDS) {
        let none = Expr::val(Option::<String>::None);
        let members = member::Entity::update_many().col_expr(member::Column::Email, none);
        members.filter(member::Column::Id.is_in(some.iter().copied())).exec(tx).await?;
    }
    let reskilled: Vec<MemberId> =
        edits.iter().filter(|edit| edit.skills.is_some()).map(|edit| edit.member.id).collect();
    for some in reskilled.chunks(BINDS) {
        member_skill::Entity::delete_many()
            .filter(member_skill::Column::MemberId.is_in(some.iter().copied()))
            .exec(tx)
            .await?;
    }
    let (mut members, mut skills) = (Vec::with_capacity(edits.len()), Vec::new());
    for edit in edits {
        skills.extend(profile::skill_rows(edit.member.id, &edit.skills.unwrap_or_default()));
        members.push(edit.member);
    }
    let columns = [
        member::Column::Name,
        member::Column::Email,
        member::Column::Area,
        member::Column::AreaKey,
        member::Column::UpdatedAt,
    ];
    let followed = OnConflict::column(member::Column::Id).update_columns(columns).to_owned();
    row::insert::<member::Entity, _>(tx, members, Some(followed), meter).await?;
    row::insert::<member_skill::Entity, _>(tx, skills, None, meter).await
}
