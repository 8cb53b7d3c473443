//! Ids and scalars on the wire.
//!
//! A global id is a prefix for the type and the row's id in base64url: opaque to clients, unique over all types, and the
//! same everywhere (URLs, inputs, answers).

use async_graphql::{ID, InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::ctx::Timestamp;
use domain::id::{
    AccessTokenId, AskId, BlockId, ClaimId, CommitmentId, CommunityId, ConversationId, GatheringId, GoalId,
    HandshakeId, IntroductionId, InvitationId, MemberId, MembershipId, MessageId, NominationId, NotificationId,
    ReportId, SessionId, TieId,
};
use domain::id::{DeliveryId, NewsId, WebhookId};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// An id of the domain that clients see.
pub(crate) trait GlobalId: Sized {
    /// What stands before the underscore.
    const PREFIX: &'static str;
    fn uuid(&self) -> Uuid;
    fn of_uuid(uuid: Uuid) -> Self;

    fn to_global(&self) -> ID {
        ID(format!("{}_{}", Self::PREFIX, BASE64_URL_SAFE_NO_PAD.encode(self.uuid())))
    }

    /// The id a client gave; that of nothing if it is not one of this type.
    fn given(id: &ID) -> Self {
        Self::of_global(id).unwrap_or_else(|| Self::of_uuid(Uuid::nil()))
    }

    /// The id a client gave; `None` if it is not one of this type.
    fn of_global(id: &ID) -> Option<Self> {
        let body = id.strip_prefix(Self::PREFIX)?.strip_prefix('_')?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).ok()?;
        Uuid::from_slice(&bytes).ok().map(Self::of_uuid)
    }
}

macro_rules! global_id {
    ($($name:ident: $prefix:literal;)+) => {$(
        impl GlobalId for $name {
            const PREFIX: &'static str = $prefix;
            fn uuid(&self) -> Uuid {
                self.0
            }
            fn of_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }
    )+};
}

global_id! {
    MemberId: "mem";
    TieId: "tie";
    ClaimId: "clm";
    BlockId: "blk";
    SessionId: "ses";
    InvitationId: "inv";
    HandshakeId: "hsk";
    CommunityId: "com";
    MembershipId: "msh";
    GatheringId: "gat";
    GoalId: "gol";
    CommitmentId: "cmt";
    ReportId: "rep";
    IntroductionId: "int";
    AskId: "ask";
    NominationId: "nom";
    ConversationId: "con";
    MessageId: "msg";
    NotificationId: "ntf";
    AccessTokenId: "tok";
    WebhookId: "whk";
    DeliveryId: "dlv";
    NewsId: "evt";
}

/// A moment in UTC, after RFC 3339 with a `Z`, such as `2026-11-23T18:40:00Z`; to the microsecond.
pub struct DateTime(pub Timestamp);

/// A moment in UTC, after RFC 3339 with a `Z`, such as `2026-11-23T18:40:00Z`; to the microsecond.
#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let moment = time::OffsetDateTime::parse(text, &Rfc3339)?;
        Ok(Self(Timestamp((moment.unix_timestamp_nanos() / 1000) as i64)))
    }

    fn to_value(&self) -> Value {
        Value::String(moment(self.0))
    }
}

/// A moment as everybody reads it who reads no GraphQL: the same text as [`DateTime`].
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_datetime().format(&Rfc3339).unwrap_or_default()
}

/// The text of a scalar that is written as one.
fn text<T: InputType>(value: Value) -> Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(InputValueError::expected_type(other)),
    }
}

/// A date after RFC 3339, such as `2026-11-25`.
pub struct Date(pub String);

/// A date after RFC 3339, such as `2026-11-25`.
#[Scalar(name = "Date", specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        // Whether there is such a day the domain says, among all that does not fit.
        text(value).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// An absolute address after RFC 3986.
pub struct Url(pub String);

/// An absolute address after RFC 3986.
#[Scalar(name = "URL", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3986")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_its_own_type_only() {
        let member = MemberId::fresh();
        assert_eq!(MemberId::of_global(&member.to_global()), Some(member));
        assert_eq!(TieId::of_global(&member.to_global()), None);
    }

    #[test]
    fn what_is_no_id_is_nobody() {
        for wrong in [
            "",
            "mem",
            "mem_",
            "mem_AAAA",
            "mem_!!!!",
            "mem_AAAAAAAAAAAAAAAAAAAAAB",
            "mem_AAAAAAAAAAAAAAAAAAAAAAAA",
            "tie_AAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(MemberId::of_global(&ID(wrong.to_owned())), None, "{wrong}");
        }
    }
}
