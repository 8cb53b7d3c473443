//! Members: their profile, and how much of themselves they show.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::Kith;
use crate::ctx::{Ctx, Timestamp};
use crate::entity::member::State;
use crate::entity::{member, member_skill};
use crate::error::{Code, Error, Message, Refusal, Result, Unique};
use crate::event::{Change, roster};
use crate::facts::Card;
use crate::id::MemberId;
use crate::idempotency::{self, Begun};
use crate::store;
use crate::text::{self, Checks};
use crate::visibility;

/// Two members cannot have one handle.
pub(crate) const HANDLE: Unique = Unique { name: "member_handle_uq", columns: "member.handle" };
/// Nor one e-mail address.
pub(crate) const EMAIL: Unique = Unique { name: "member_email_uq", columns: "member.email" };

/// Most skills a member may name.
pub const MOST_SKILLS: usize = 30;

/// What a field of a partial update does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Edit<T> {
    /// Leaves the value as it is.
    #[default]
    Keep,
    /// Takes the value away.
    Clear,
    /// Gives it another value.
    Set(T),
}

/// A partial update of the viewer's profile.
#[derive(Clone, Debug, Default)]
pub struct ProfileEdit {
    /// The unique name: 3 to 40 of a-z, 0-9 and inner hyphens. Cannot be cleared.
    pub handle: Edit<String>,
    /// At most 80 characters. Cannot be cleared.
    pub name: Edit<String>,
    /// One line of at most 120 characters.
    pub headline: Edit<String>,
    /// At most 2,000 characters.
    pub bio: Edit<String>,
    /// An https address.
    pub avatar_url: Edit<String>,
    /// At most 80 characters.
    pub area: Edit<String>,
    /// After E.164.
    pub phone: Edit<String>,
    /// At most [`MOST_SKILLS`] of at most 50 characters each, in the member's order.
    pub skills: Edit<Vec<String>>,
}

/// A partial update of what the viewer shows; `None` keeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrivacyEdit {
    /// Whether friends of friends may find the member.
    pub findable: Option<Visible>,
    /// Whether contacts see the member as a way to others.
    pub as_route: Option<Visible>,
    /// Whether ties see the e-mail address.
    pub share_email: Option<Visible>,
    /// Whether ties see the telephone number.
    pub share_phone: Option<Visible>,
}

/// Whether something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visible {
    /// It is.
    Shown,
    /// It is not.
    Hidden,
}

impl From<bool> for Visible {
    fn from(shown: bool) -> Self {
        if shown { Self::Shown } else { Self::Hidden }
    }
}

/// What a member says of themselves beyond their card.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Who they are, in their words.
    pub bio: Option<String>,
    /// Where they are.
    pub area: Option<String>,
    /// What they can help with, in their order.
    pub skills: Vec<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Whether ties see the e-mail address.
    pub share_email: bool,
    /// Whether ties see the telephone number.
    pub share_phone: bool,
}

/// The profiles of `ids`, whoever asks: what of it shows is for [`visibility::Relation`] to say.
///
/// # Errors
/// As the database says.
pub async fn profiles(kith: &Kith, ids: &[MemberId]) -> Result<HashMap<MemberId, Profile>> {
    let rows = member::Entity::find().filter(member::Column::Id.is_in(ids.iter().copied())).all(&kith.store.db).await?;
    let skills = member_skill::Entity::find()
        .filter(member_skill::Column::MemberId.is_in(ids.iter().copied()))
        .order_by_asc(member_skill::Column::Position)
        .all(&kith.store.db)
        .await?;
    let mut profiles: HashMap<MemberId, Profile> = rows.into_iter().map(|row| (row.id, Profile::of(row))).collect();
    for skill in skills {
        profiles.entry(skill.member_id).and_modify(|profile| profile.skills.push(skill.label));
    }
    Ok(profiles)
}

impl Profile {
    fn of(row: member::Model) -> Self {
        Self {
            bio: row.bio,
            area: row.area,
            skills: Vec::new(),
            email: row.email,
            phone: row.phone,
            share_email: row.share_email,
            share_phone: row.share_phone,
        }
    }
}

/// A member nobody has said anything of but their names.
pub(crate) fn new(id: MemberId, handle: String, name: String, at: Timestamp) -> member::Model {
    member::Model {
        id,
        handle,
        name,
        headline: None,
        bio: None,
        avatar_url: None,
        area: None,
        area_key: None,
        email: None,
        phone: None,
        share_email: false,
        share_phone: false,
        findable: true,
        as_route: true,
        as_connector: 10,
        as_target: 10,
        paused_until: None,
        state: State::Active,
        leaves_at: None,
        created_at: at,
        updated_at: at,
    }
}

/// The member called `handle`, whoever asks.
///
/// # Errors
/// As the database says.
pub async fn by_handle(kith: &Kith, handle: &str) -> Result<Option<MemberId>> {
    let Ok(handle) = text::handle("handle", handle) else { return Ok(None) };
    let query =
        member::Entity::find().select_only().column(member::Column::Id).filter(member::Column::Handle.eq(handle));
    Ok(query.into_tuple().one(&kith.store.db).await?)
}

/// The member with this address, whoever asks and whatever their account's state.
pub(crate) async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<member::Model>> {
    Ok(member::Entity::find().filter(member::Column::Email.eq(email)).one(db).await?)
}

/// Changes the viewer's profile.
///
/// # Errors
/// Refused with one refusal for each field that does not fit, or [`Code::HandleTaken`].
pub async fn update_profile(ctx: &Ctx, edit: ProfileEdit) -> Result<()> {
    let me = ctx.me()?;
    let edit = edit.checked()?;
    let shows_to_partners = edit.shows_to_partners();
    let tx = match idempotency::begin::<()>(ctx).await? {
        Begun::Before(()) => return Ok(()),
        Begun::New(tx) => tx,
    };
    let row = store::find(&store::lock_members(&tx, [me]).await?, me)?.clone();
    let mut row = row.into_active_model();
    if let Edit::Set(handle) = edit.handle {
        row.handle = Set(handle);
    }
    if let Edit::Set(name) = edit.name {
        row.name = Set(name);
    }
    set(&mut row.area_key, edit.area.clone().map(|area| text::key(&area)));
    set(&mut row.area, edit.area);
    set(&mut row.headline, edit.headline);
    set(&mut row.bio, edit.bio);
    set(&mut row.avatar_url, edit.avatar_url);
    set(&mut row.phone, edit.phone);
    row.updated_at = Set(ctx.now);
    let taken = Refusal::of("handle", Code::HandleTaken, Message::new("handle-taken"));
    row.update(&*tx).await.map_err(|error| Error::from(error).on_unique(&HANDLE, taken))?;
    match edit.skills {
        Edit::Keep => {}
        Edit::Clear => write_skills(&tx, me, &[]).await?,
        Edit::Set(skills) => write_skills(&tx, me, &skills).await?,
    }
    if shows_to_partners {
        roster::mark(ctx, &*tx, &[me]).await?;
    }
    tx.commit(ctx, Change { cards: vec![me], ..Change::default() }, &()).await
}

/// Changes what the viewer shows of themselves. Holds for every request begun after this has returned.
///
/// # Errors
/// As the database says.
pub async fn update_privacy(ctx: &Ctx, edit: PrivacyEdit) -> Result<()> {
    let me = ctx.me()?;
    let tx = match idempotency::begin::<()>(ctx).await? {
        Begun::Before(()) => return Ok(()),
        Begun::New(tx) => tx,
    };
    let old = store::find(&store::lock_members(&tx, [me]).await?, me)?.clone();
    let as_route = pick(edit.as_route, old.as_route);
    let reroutes = as_route != old.as_route;
    let mut row = old.clone().into_active_model();
    row.findable = Set(pick(edit.findable, old.findable));
    row.as_route = Set(as_route);
    row.share_email = Set(pick(edit.share_email, old.share_email));
    row.share_phone = Set(pick(edit.share_phone, old.share_phone));
    row.updated_at = Set(ctx.now);
    row.update(&*tx).await?;
    let ties = if reroutes { vec![me] } else { Vec::new() };
    tx.commit(ctx, Change { cards: vec![me], ties, ..Change::default() }, &()).await
}

/// The viewer as they see themselves, from the database: right after their own change, whatever a cache says.
///
/// # Errors
/// [`Error::Unauthenticated`] if the viewer is no member.
pub async fn myself(ctx: &Ctx) -> Result<(visibility::Seen, PrivacySettings)> {
    let me = ctx.me()?;
    let row = member::Entity::find_by_id(me).one(&ctx.kith.store.db).await?.ok_or(Error::Unauthenticated)?;
    let settings = PrivacySettings {
        findable: row.findable,
        as_route: row.as_route,
        share_email: row.share_email,
        share_phone: row.share_phone,
    };
    Ok((visibility::Seen { id: me, relation: visibility::Relation::Myself, card: Card::of(row).into() }, settings))
}

/// What a member shows of themselves.
#[derive(Clone, Copy, Debug)]
pub struct PrivacySettings {
    /// Whether friends of friends may find them.
    pub findable: bool,
    /// Whether contacts see them as a way to others.
    pub as_route: bool,
    /// Whether ties see their e-mail address.
    pub share_email: bool,
    /// Whether ties see their telephone number.
    pub share_phone: bool,
}

/// Replaces a member's skills.
pub(crate) async fn write_skills(tx: &DatabaseTransaction, id: MemberId, skills: &[String]) -> Result<()> {
    member_skill::Entity::delete_many().filter(member_skill::Column::MemberId.eq(id)).exec(tx).await?;
    member_skill::Entity::insert_many(skill_rows(id, skills)).exec_without_returning(tx).await?;
    Ok(())
}

/// The rows of a member's skills.
pub(crate) fn skill_rows(id: MemberId, skills: &[String]) -> Vec<member_skill::ActiveModel> {
    let row = |(position, label): (i16, &String)| member_skill::ActiveModel {
        member_id: Set(id),
        skill_key: Set(text::key(label)),
        label: Set(label.clone()),
        position: Set(position),
    };
    (0..).zip(skills).map(row).collect()
}

impl ProfileEdit {
    /// Whether it changes anything that partners may see.
    fn shows_to_partners(&self) -> bool {
        let texts = [&self.name, &self.headline, &self.bio, &self.avatar_url, &self.area];
        texts.into_iter().any(|edit| !matches!(edit, Edit::Keep)) || !matches!(self.skills, Edit::Keep)
    }

    /// The same edit with clean values, or all that does not fit.
    fn checked(self) -> Result<Self> {
        let mut checks = Checks::default();
        let edit = Self {
            handle: self.handle.required("handle", &mut checks).check(&mut checks, |raw| text::handle("handle", &raw)),
            name: self.name.required("name", &mut checks).check(&mut checks, |raw| text::line("name", &raw, 80)),
            headline: self.headline.check(&mut checks, |raw| text::line("headline", &raw, 120)),
            bio: self.bio.check(&mut checks, |raw| text::paragraph("bio", &raw, 2_000)),
            avatar_url: self.avatar_url.check(&mut checks, |raw| text::https_url("avatarUrl", &raw)),
            area: self.area.check(&mut checks, |raw| text::line("area", &raw, 80)),
            phone: self.phone.check(&mut checks, |raw| text::phone("phone", &raw)),
            skills: self.skills.check(&mut checks, |raw| skills("skills", &raw)),
        };
        checks.finish()?;
        Ok(edit)
    }
}

/// Clean skills, each once, in the order given.
pub(crate) fn skills(field: &'static str, raw: &[String]) -> std::result::Result<Vec<String>, Refusal> {
    let mut clean: Vec<String> = Vec::with_capacity(raw.len().min(MOST_SKILLS));
    for skill in raw {
        let skill = text::line(field, skill, 50)?;
        if clean.iter().all(|other| text::key(other) != text::key(&skill)) {
            clean.push(skill);
        }
        if clean.len() > MOST_SKILLS {
            return Err(Refusal::of(
                field,
                Code::InvalidInput,
                Message::new("too-many-skills").with("most", MOST_SKILLS),
            ));
        }
    }
    Ok(clean)
}

impl<T> Edit<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> Edit<U> {
        match self {
            Self::Keep => Edit::Keep,
            Self::Clear => Edit::Clear,
            Self::Set(value) => Edit::Set(f(value)),
        }
    }

    pub(crate) fn check<U>(self, checks: &mut Checks, f: impl FnOnce(T) -> std::result::Result<U, Refusal>) -> Edit<U> {
        match self.map(f) {
            Edit::Keep => Edit::Keep,
            Edit::Clear => Edit::Clear,
            Edit::Set(checked) => checks.take(checked).map_or(Edit::Keep, Edit::Set),
        }
    }

    pub(crate) fn required(self, field: &'static str, checks: &mut Checks) -> Self {
        if matches!(self, Self::Clear) {
            checks.refuse(Refusal::of(field, Code::InvalidInput, Message::new("not-clearable")));
        }
        self
    }
}

fn set(column: &mut sea_orm::ActiveValue<Option<String>>, edit: Edit<String>) {
    match edit {
        Edit::Keep => {}
        Edit::Clear => *column = Set(None),
        Edit::Set(value) => *column = Set(Some(value)),
    }
}

fn pick(edit: Option<Visible>, old: bool) -> bool {
    edit.map_or(old, |visible| visible == Visible::Shown)
}
