//! Making webhooks, changing and deleting them: a steward's. A secret is shown once, to whoever asked for it and has proven
//! lately who they are: it lets in nobody, but whoever has it can pretend to a partner to be the service.

use std::time::Duration;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};

use super::{
    State, Webhook, address, by_id, by_ids, no_such_webhook,
    secret::{self, Secret},
};
use crate::community::{self, Action, Standing, command, inside};
use crate::credential::{self, Proof};
use crate::ctx::Ctx;
use crate::entity::webhook::{self, Column};
use crate::error::{Code, Message, Refusal, Result};
use crate::event::Change;
use crate::id::{CommunityId, WebhookId};
use crate::idempotency::Command;
use crate::member::Edit;
use crate::news::{self, Topic};
use crate::policy;
use crate::text::{self, Checks};

/// A webhook to be made.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// At most 80 characters.
    pub name: Option<String>,
    /// A public `https` address of at most 500 characters.
    pub url: String,
    /// What it is told: one thing at least.
    pub topics: Vec<Topic>,
}

/// A change of a webhook; `None` keeps.
#[derive(Clone, Debug, Default)]
pub struct WebhookEdit {
    /// At most 80 characters.
    pub name: Edit<String>,
    /// Where it is told.
    pub url: Option<String>,
    /// What it is told.
    pub topics: Option<Vec<Topic>>,
    /// Whether it is told anything.
    pub telling: Option<Telling>,
}

/// Whether a webhook is to be told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// It is, also if it was disabled.
    On,
    /// It is not. What happens in the meantime it is never told.
    Off,
}

/// What a webhook may be told, each once.
fn topics(mut chosen: Vec<Topic>) -> std::result::Result<Vec<Topic>, Refusal> {
    let mut seen = std::collections::HashSet::new();
    chosen.retain(|topic| *topic != Topic::WebhookTest && seen.insert(*topic));
    match chosen.is_empty() {
        true => Err(Refusal::of("events", Code::InvalidInput, Message::new("webhook-without-events"))),
        false => Ok(chosen),
    }
}

/// What the trail says of a webhook: its name, else its host.
fn called(row: &webhook::Model) -> Option<String> {
    let host = || url::Url::parse(&row.url).ok()?.host_str().map(str::to_owned);
    row.name.clone().or_else(host)
}

/// Makes a webhook of a community, as one of its stewards; returns it with its secret.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::MembersOnly`], [`Code::StewardsOnly`], [`Code::WrongState`],
/// [`Code::ConsentDue`], [`Code::InvalidInput`], or as [`credential::proven`].
pub async fn create(
    ctx: &Ctx,
    community: CommunityId,
    new: NewWebhook,
    proof: Option<Proof>,
) -> Result<(Webhook, Secret)> {
    let mut checks = Checks::default();
    let name = new.name.and_then(|raw| checks.take(text::line("name", &raw, 80)));
    let url = checks.take(address::given(&new.url, &ctx.kith.receivers)).unwrap_or_default();
    let topics = checks.take(topics(new.topics)).unwrap_or_default();
    checks.finish()?;
    credential::proven(ctx, proof).await?;
    let fresh = Secret::fresh();
    let id = command(ctx, community, [], async |tx, standing| {
        let mine = standing.acting_steward(ctx)?;
        let there = webhook::Entity::find().filter(Column::CommunityId.eq(community));
        if there.count(&**tx).await? >= policy::MOST_WEBHOOKS {
            let message = Message::new("too-many-webhooks").with("most", policy::MOST_WEBHOOKS);
            return Err(Refusal::new(Code::WrongState, message).into());
        }
        let id = WebhookId::fresh();
        let row = webhook::Model {
            id,
            community_id: community,
            created_by: Some(mine.member_id),
            name,
            url,
            topics: news::of_topics(&topics),
            state: State::Enabled,
            generation: 1,
            key_print: ctx.kith.secrets.print(),
            mask: secret::mask(&ctx.kith.secrets, id, 1, &fresh),
            old_mask: None,
            old_until: None,
            failing_since: None,
            failed_at: None,
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        let row = row.into_active_model().reset_all().insert(&**tx).await?;
        community::audit::write(ctx, &**tx, community, Action::WebhookCreated, None, called(&row)).await?;
        Ok((id, Change::default()))
    })
    .await?;
    Ok((by_id(ctx, id).await?, fresh))
}

/// A steward's command about a webhook, with the webhook as it is under the locks. To anybody else there is none.
pub(super) async fn about<T: serde::Serialize + serde::de::DeserializeOwned>(
    ctx: &Ctx,
    id: WebhookId,
    work: impl AsyncFnOnce(&Command, Standing, webhook::Model) -> Result<T>,
) -> Result<T> {
    let found = webhook::Entity::find_by_id(id).one(&ctx.kith.store.db).await?.ok_or_else(no_such_webhook)?;
    inside(ctx, found.community_id, [], no_such_webhook, async |tx, standing| {
        standing.steward().map_err(|_| no_such_webhook())?;
        let row = webhook::Entity::find_by_id(id).one(&**tx).await?.ok_or_else(no_such_webhook)?;
        Ok((work(tx, standing, row).await?, Change::default()))
    })
    .await
}

/// Changes a webhook, as a steward; enables or pauses it.
///
/// # Errors
/// Refused with [`Code::NotFound`] or [`Code::InvalidInput`].
pub async fn update(ctx: &Ctx, id: WebhookId, edit: WebhookEdit) -> Result<Webhook> {
    let mut checks = Checks::default();
    let name = edit.name.check(&mut checks, |raw| text::line("name", &raw, 80));
    let url = edit.url.and_then(|raw| checks.take(address::given(&raw, &ctx.kith.receivers)));
    let chosen = edit.topics.and_then(|raw| checks.take(topics(raw)));
    checks.finish()?;
    let id = about(ctx, id, async |tx, _, row| {
        let mut changed = row.clone();
        match name {
            Edit::Keep => {}
            Edit::Clear => changed.name = None,
            Edit::Set(name) => changed.name = Some(name),
        }
        changed.url = url.unwrap_or(changed.url);
        changed.topics = chosen.map_or(changed.topics, |chosen| news::of_topics(&chosen));
        match edit.telling {
            None => {}
            Some(Telling::Off) => changed.state = State::Paused,
            Some(Telling::On) => changed.state = State::Enabled,
        }
        if changed == row {
            return Ok(id);
        }
        let (community, what) = (row.community_id, called(&changed));
        let is_new = changed.state != row.state || changed.url != row.url;
        // Not the secrets, which a timer may mask anew at the same moment.
        let mut row = webhook::ActiveModel {
            name: Set(changed.name),
            url: Set(changed.url),
            topics: Set(changed.topics),
            state: Set(changed.state),
            updated_at: Set(ctx.now),
            ..row.into_active_model()
        };
        if is_new {
            (row.failing_since, row.failed_at) = (Set(None), Set(None));
        }
        row.update(&**tx).await?;
        community::audit::write(ctx, &**tx, community, Action::WebhookChanged, None, what).await?;
        Ok(id)
    })
    .await?;
    by_id(ctx, id).await
}

/// Gives a webhook another secret, as a steward; the one before signs as well for `overlap`.
///
/// # Errors
/// Refused with [`Code::NotFound`], [`Code::WrongState`], [`Code::ConsentDue`], [`Code::InvalidInput`], or as
/// [`credential::proven`].
pub async fn rotate(ctx: &Ctx, id: WebhookId, overlap: Duration, proof: Option<Proof>) -> Result<(Webhook, Secret)> {
    if overlap > policy::SECRETS_OVERLAP_AT_MOST {
        let message = Message::new("secrets-overlap").with("most", policy::SECRETS_OVERLAP_AT_MOST.as_secs() / 3_600);
        return Err(Refusal::of("overlapHours", Code::InvalidInput, message).into());
    }
    by_ids(ctx, &[id]).await?.pop().ok_or_else(no_such_webhook)?;
    credential::proven(ctx, proof).await?;
    let fresh = Secret::fresh();
    let id = about(ctx, id, async |tx, standing, row| {
        standing.acting_steward(ctx)?;
        let secrets = &ctx.kith.secrets;
        let number = row.generation + 1;
        // A secret whose key is gone cannot sign, so there is nothing to overlap with.
        let old = secret::current(secrets, &row).filter(|_| !overlap.is_zero());
        let old = old.map(|old| secret::mask(secrets, id, row.generation, &old));
        let (community, what) = (row.community_id, called(&row));
        let mut row = row.into_active_model();
        row.generation = Set(number);
        row.key_print = Set(secrets.print());
        row.mask = Set(secret::mask(secrets, id, number, &fresh));
        row.old_until = Set(old.as_ref().map(|_| ctx.now.after(overlap)));
        row.old_mask = Set(old);
        row.updated_at = Set(ctx.now);
        row.update(&**tx).await?;
        community::audit::write(ctx, &**tx, community, Action::WebhookSecretRotated, None, what).await?;
        Ok(id)
    })
    .await?;
    Ok((by_id(ctx, id).await?, fresh))
}

/// Deletes a webhook, as a steward, with its deliveries; what waits is not sent.
///
/// # Errors
/// Refused with [`Code::NotFound`].
pub async fn delete(ctx: &Ctx, id: WebhookId) -> Result<WebhookId> {
    about(ctx, id, async |tx, _, row| {
        community::audit::write(ctx, &**tx, row.community_id, Action::WebhookDeleted, None, called(&row)).await?;
        webhook::Entity::delete_by_id(id).exec(&**tx).await?;
        Ok(id)
    })
    .await
}
