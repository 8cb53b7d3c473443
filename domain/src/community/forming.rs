//! Forming a community, and what it is called.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set,
};

use super::charter::{self, CharterEdit};
use super::{Action, Community, HealthFor, Joining, MembershipState, Role, Stage, audit, by_id, command};
use crate::code;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::{charter as charters, community, community_skill, membership};
use crate::error::{Code, Error, Message, Refusal, Result, Unique};
use crate::event::Change;
use crate::id::{CommunityId, MemberId, MembershipId};
use crate::idempotency::{self, Begun};
use crate::member::{self, Edit};
use crate::text::{self, Checks};
use crate::{policy, store};

/// Two communities cannot have one name in addresses.
const SLUG: Unique = Unique { name: "community_slug_uq", columns: "community.slug" };

/// A community to be formed.
#[derive(Clone, Debug, Default)]
pub struct NewCommunity {
    /// At most 80 characters.
    pub name: String,
    /// The unique name in addresses: 3 to 40 of a-z, 0-9 and inner hyphens. Without one, it is made of the name.
    pub slug: Option<String>,
    /// At most 80 characters.
    pub area: Option<String>,
    /// What its members can help with: at most [`member::MOST_SKILLS`].
    pub skills: Vec<String>,
    /// What is known of the charter already.
    pub charter: CharterEdit,
}

/// A change of what a community is called.
#[derive(Clone, Debug, Default)]
pub struct CommunityEdit {
    /// At most 80 characters. Cannot be cleared.
    pub name: Edit<String>,
    /// At most 80 characters.
    pub area: Edit<String>,
    /// What its members can help with: at most [`member::MOST_SKILLS`].
    pub skills: Option<Vec<String>>,
}

/// Forms a community: the viewer is its first founder and steward.
///
/// # Errors
/// Refused with [`Code::InvalidInput`], [`Code::SlugTaken`] or [`Code::TooManyCommunities`].
pub async fn form(ctx: &Ctx, new: NewCommunity) -> Result<Community> {
    let me = ctx.me()?;
    let (community, charter, skills) = checked(ctx, me, new)?;
    let tx = match idempotency::begin::<CommunityId>(ctx).await? {
        Begun::Before(id) => return by_id(ctx, id).await,
        Begun::New(tx) => tx,
    };
    store::lock_members(&tx, [me]).await?;
    let forming = community::Entity::find()
        .filter(community::Column::FormedBy.eq(me))
        .filter(community::Column::Stage.eq(Stage::Forming));
    if forming.count(&*tx).await? >= policy::MOST_FORMING {
        let message = Message::new("too-many-forming").with("most", policy::MOST_FORMING);
        return Err(Refusal::new(Code::TooManyCommunities, message).into());
    }
    let id = community.id;
    write(&tx, community, charter, &skills).await?;
    let founder = fresh_membership(ctx.now, id, me, MembershipState::Active, Role::Steward);
    let founder = membership::Model { founder: true, joined_at: Some(ctx.now), ..founder };
    founder.into_active_model().reset_all().insert(&*tx).await?;
    audit::write(ctx, &*tx, id, Action::Formed, Some(me), None).await?;
    tx.commit(ctx, Change { communities: vec![me], ..Change::default() }, &id).await?;
    by_id(ctx, id).await
}

fn checked(ctx: &Ctx, me: MemberId, new: NewCommunity) -> Result<(community::Model, charters::Model, Vec<String>)> {
    let mut checks = Checks::default();
    let name = checks.take(text::line("name", &new.name, 80)).unwrap_or_default();
    let slug = new.slug.map(|raw| checks.take(text::handle("slug", &raw)).unwrap_or_default());
    let area = new.area.and_then(|raw| checks.take(text::line("area", &raw, 80)));
    let skills = checks.take(member::skills("skills", &new.skills)).unwrap_or_default();
    let (community, charter) = fresh(ctx, me, name, slug, area);
    let charter = new.charter.applied(&charter, &mut checks);
    checks.finish()?;
    Ok((community, charter, skills))
}

/// A community that is forming, with an empty charter; neither is written.
pub(crate) fn fresh(
    ctx: &Ctx,
    former: MemberId,
    name: String,
    slug: Option<String>,
    area: Option<String>,
) -> (community::Model, charters::Model) {
    let id = CommunityId::fresh();
    let charter = charters::Model {
        community_id: id,
        version: 1,
        purpose: None,
        failure: None,
        agreements: text::of_lines(&[]),
        joining: Joining::Invitation,
        vouches: 2,
        questions: text::of_lines(&[]),
        health_for: HealthFor::Stewards,
        written_by: Some(former),
        created_at: ctx.now,
    };
    let community = community::Model {
        id,
        slug: slug.unwrap_or_else(|| code::handle_of(&name, "community")),
        name,
        area_key: area.as_deref().map(text::key),
        area,
        search_key: String::new(),
        stage: Stage::Forming,
        charter_version: 1,
        formed_by: Some(former),
        created_at: ctx.now,
        updated_at: ctx.now,
        active_at: ctx.now,
        launched_at: None,
        closed_at: None,
    };
    (community, charter)
}

/// Writes a new community down.
pub(crate) async fn write(
    tx: &DatabaseTransaction,
    mut community: community::Model,
    charter: charters::Model,
    skills: &[String],
) -> Result<()> {
    community.search_key = charter::search_key(&community.name, charter.purpose.as_deref(), skills);
    let id = community.id;
    let taken = Refusal::of("slug", Code::SlugTaken, Message::new("slug-taken"));
    let inserted = community.into_active_model().reset_all().insert(tx).await;
    inserted.map_err(|error| Error::from(error).on_unique(&SLUG, taken))?;
    charter::insert(tx, charter).await?;
    write_skills(tx, id, skills).await
}

async fn write_skills(tx: &impl ConnectionTrait, id: CommunityId, skills: &[String]) -> Result<()> {
    community_skill::Entity::delete_many().filter(community_skill::Column::CommunityId.eq(id)).exec(tx).await?;
    let row = |(position, label): (i16, &String)| community_skill::ActiveModel {
        community_id: Set(id),
        skill_key: Set(text::key(label)),
        label: Set(label.clone()),
        position: Set(position),
    };
    community_skill::Entity::insert_many((0..).zip(skills).map(row)).exec_without_returning(tx).await?;
    Ok(())
}

/// A membership that begins `now`; not written.
pub(crate) fn fresh_membership(
    now: Timestamp,
    community: CommunityId,
    member: MemberId,
    state: MembershipState,
    role: Role,
) -> membership::Model {
    membership::Model {
        id: MembershipId::fresh(),
        community_id: community,
        member_id: member,
        state,
        role,
        founder: false,
        invited_by: None,
        note: None,
        answers: None,
        consented_version: 0,
        consented_at: None,
        shown: true,
        hidden_from_partners: false,
        may_return: true,
        reason: None,
        ended_by: None,
        created_at: now,
        expires_at: now.after(policy::MEMBERSHIP_ANSWERED_WITHIN),
        joined_at: None,
        ended_at: None,
    }
}

/// Changes what a community is called, as one of its stewards.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::StewardsOnly`], [`Code::WrongState`], [`Code::ConsentDue`] or
/// [`Code::InvalidInput`].
pub async fn update(ctx: &Ctx, id: CommunityId, edit: CommunityEdit) -> Result<Community> {
    let mut checks = Checks::default();
    let name = edit.name.required("name", &mut checks).check(&mut checks, |raw| text::line("name", &raw, 80));
    let area = edit.area.check(&mut checks, |raw| text::line("area", &raw, 80));
    let skills = edit.skills.and_then(|raw| checks.take(member::skills("skills", &raw)));
    checks.finish()?;
    let id = command(ctx, id, [], async |tx, standing| {
        standing.acting_steward(ctx)?;
        let mut row = standing.community;
        if let Edit::Set(name) = name {
            row.name = name;
        }
        match area {
            Edit::Keep => {}
            Edit::Clear => (row.area, row.area_key) = (None, None),
            Edit::Set(area) => (row.area_key, row.area) = (Some(text::key(&area)), Some(area)),
        }
        row.updated_at = ctx.now;
        if let Some(skills) = &skills {
            write_skills(&**tx, id, skills).await?;
        }
        row.search_key = charter::search_key_of(&**tx, &row, &standing.charter).await?;
        row.into_active_model().reset_all().update(&**tx).await?;
        Ok((id, Change::default()))
    })
    .await?;
    by_id(ctx, id).await
}
