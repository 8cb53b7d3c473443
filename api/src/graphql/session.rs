//! Sessions on the wire: the devices on which the viewer is signed in, and the tokens of one that begins.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::ctx::Timestamp;
use domain::id::SessionId;
use domain::session::{self, NewDevice, Opened};

use super::context::ContextExt;
use super::error::{Fault, RequestCode, Result, UserError, outcome};
use super::page::connection;
use super::scalar::{DateTime, GlobalId};
use super::server::Platform;
use super::viewer::Viewer;

/// How long an access token is good, in minutes.
const ACCESS_MINUTES: u32 = 10;

/// A device on which the viewer is signed in.
#[derive(Clone)]
pub(crate) struct Session(pub(crate) session::Session);

/// A device on which a member is signed in, or an operator who acts for them. It is over when it is revoked, or was not
/// used for 90 days.
#[Object]
impl Session {
    /// Opaque, stable, unique over all types.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_global()
    }

    /// What the member calls the device.
    async fn device(&self) -> &str {
        &self.0.device
    }

    /// What it runs on.
    async fn platform(&self) -> Platform {
        self.0.platform.into()
    }

    /// The app's name and version, as it says; null if it does not.
    async fn client(&self) -> Option<&str> {
        self.0.client.as_deref()
    }

    /// The network address it was last seen from; null if that is not known.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// Why an operator acts for the viewer; null of the viewer's own devices.
    async fn support_reason(&self) -> Option<&str> {
        self.0.support_reason.as_deref()
    }

    /// Whether it is the one in which this is asked.
    async fn current(&self, gql: &Context<'_>) -> Result<bool> {
        Ok(gql.ctx()?.session == Some(self.0.id))
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last seen, to about ten minutes.
    async fn last_seen_at(&self) -> DateTime {
        DateTime(self.0.last_seen_at)
    }

    /// When it is over if it is not used until then.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// A session in a list.
#[derive(SimpleObject)]
pub(crate) struct SessionEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The session.
    pub(crate) node: Session,
}

connection! {
    /// A list of sessions.
    SessionConnection of SessionEdge, Session
}

/// The device that signs in.
#[derive(InputObject)]
pub(crate) struct DeviceInput {
    /// What the member calls it: at most 80 characters.
    name: String,
    /// What it runs on.
    platform: Platform,
}

impl From<DeviceInput> for NewDevice {
    fn from(input: DeviceInput) -> Self {
        Self { name: input.name, platform: input.platform.into() }
    }
}

/// The tokens of a session. They are told here and nowhere else.
#[derive(SimpleObject)]
pub(crate) struct Credentials {
    /// What requests carry in their `Authorization` header, after `Bearer`; good for 10 minutes.
    access_token: String,
    /// When the access token is over.
    access_token_expires_at: DateTime,
    /// What is changed for new tokens by `refreshSession`, once. Keep it where only the app can read it.
    refresh_token: String,
    /// The session.
    session: Session,
}

impl Credentials {
    /// The tokens of a session that has begun or was refreshed.
    pub(crate) fn of(gql: &Context<'_>, opened: Opened) -> Result<Self> {
        let now: Timestamp = gql.ctx()?.now;
        let issued = gql.state()?.keys.issue(opened.member, opened.session.id, ACCESS_MINUTES, None, now);
        let access_token = issued.map_err(|cause| {
            tracing::error!(%cause, "internal error");
            Fault::new(RequestCode::Internal, "No token can be made now.")
        })?;
        let lasts = std::time::Duration::from_secs(u64::from(ACCESS_MINUTES) * 60);
        Ok(Self {
            access_token,
            access_token_expires_at: DateTime(now.after(lasts)),
            refresh_token: opened.refresh_token,
            session: Session(opened.session),
        })
    }
}

/// A refresh token.
#[derive(InputObject)]
pub(crate) struct RefreshSessionInput {
    /// The refresh token. It is good once; for a minute, while its successor has not been used, it yields the same
    /// successor again, so that a lost answer costs nothing. After that its use ends the session.
    refresh_token: String,
}

/// The new tokens.
#[derive(SimpleObject)]
pub(crate) struct RefreshSessionPayload {
    /// The new tokens; null if that was refused.
    credentials: Option<Credentials>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What is left of the session.
#[derive(SimpleObject)]
pub(crate) struct SignOutPayload {
    /// The id of the session that is over; null if that was refused.
    deleted_session_id: Option<ID>,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// Which session to end.
#[derive(InputObject)]
pub(crate) struct RevokeSessionInput {
    /// The session's id.
    session_id: ID,
}

/// What is left of the session.
#[derive(SimpleObject)]
pub(crate) struct RevokeSessionPayload {
    /// The id of the session that is over; null if that was refused.
    deleted_session_id: Option<ID>,
    /// The viewer, whose counts may have changed.
    viewer: Viewer,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// The sessions that are left.
#[derive(SimpleObject)]
pub(crate) struct RevokeOtherSessionsPayload {
    /// How many sessions were ended; null if that was refused.
    ended: Option<i32>,
    /// The viewer, whose counts may have changed.
    viewer: Viewer,
    /// Why it was refused; empty if it was done.
    user_errors: Vec<UserError>,
}

/// What members do about sessions.
#[derive(Default)]
pub(crate) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Changes a refresh token for new tokens. Needs no access token, and ignores one that has expired.
    async fn refresh_session(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> Result<RefreshSessionPayload> {
        let (opened, user_errors) = outcome(gql, session::refresh(gql.ctx()?, &input.refresh_token).await)?;
        let credentials = opened.map(|opened| Credentials::of(gql, opened)).transpose()?;
        Ok(RefreshSessionPayload { credentials, user_errors })
    }

    /// Ends the session in which it is asked: its tokens are good for nothing from then on.
    async fn sign_out(&self, gql: &Context<'_>) -> Result<SignOutPayload> {
        let ctx = gql.ctx()?;
        let (done, user_errors) = outcome(gql, session::sign_out(ctx).await)?;
        Ok(SignOutPayload { deleted_session_id: done.and(ctx.session).map(|id| id.to_global()), user_errors })
    }

    /// Ends one of the viewer's sessions: its tokens are good for nothing from then on.
    async fn revoke_session(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "Which.")] input: RevokeSessionInput,
    ) -> Result<RevokeSessionPayload> {
        let id = SessionId::given(&input.session_id);
        let (done, user_errors) = outcome(gql, session::revoke(gql.ctx()?, id).await)?;
        Ok(RevokeSessionPayload { deleted_session_id: done.map(|()| input.session_id), viewer: Viewer, user_errors })
    }

    /// Ends all of the viewer's sessions but the one in which it is asked.
    async fn revoke_other_sessions(&self, gql: &Context<'_>) -> Result<RevokeOtherSessionsPayload> {
        let (ended, user_errors) = outcome(gql, session::revoke_others(gql.ctx()?).await)?;
        let ended = ended.map(|ended| i32::try_from(ended).unwrap_or(i32::MAX));
        Ok(RevokeOtherSessionsPayload { ended, viewer: Viewer, user_errors })
    }
}
