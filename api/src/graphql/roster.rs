//! The roster of a community on the wire, as partners read it, and their lists.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::error::Refusal;
use domain::roster::{self, ImportEntry, Run, Wanted};

use super::context::ContextExt;
use super::error::{Result, UserError, outcome};
use super::member::Member;
use super::membership::MembershipRole;
use super::page::connection;
use super::scalar::{DateTime, GlobalId};
use crate::words::say;

/// A line of a roster.
#[derive(Clone)]
pub(crate) struct RosterEntry(pub(crate) roster::Entry);

/// Where a line of a roster stands. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RosterState {
    /// The person belongs to the community.
    Active,
    /// They do not any more, or hide from partners that they do.
    Ended,
}

/// One person's part in a community, as partners see it.
#[Object]
impl RosterEntry {
    /// The id of the membership. Scope: `ROSTER_READ`.
    async fn membership_id(&self) -> ID {
        self.0.membership.to_global()
    }

    /// What the partner that asks calls the person; null unless the membership came of its own list. Scope: `ROSTER_READ`.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Where it stands. Scope: `ROSTER_READ`.
    async fn state(&self) -> RosterState {
        if self.0.active.is_some() { RosterState::Active } else { RosterState::Ended }
    }

    /// The person; null if it is over. Scope: `ROSTER_READ`.
    async fn member(&self) -> Option<Member> {
        self.0.active.as_ref().map(|active| Member(active.member.clone()))
    }

    /// What they may do; null if it is over. Scope: `ROSTER_READ`.
    async fn role(&self) -> Option<MembershipRole> {
        self.0.active.as_ref().map(|active| active.role.into())
    }

    /// When they joined; null if it is over. Scope: `ROSTER_READ`.
    async fn joined_at(&self) -> Option<DateTime> {
        self.0.active.as_ref().and_then(|active| active.joined_at).map(DateTime)
    }

    /// When the line last changed: they joined or left, hid or showed themselves, or their role or their card changed. Scope:
    /// `ROSTER_READ`.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// A line of a roster in a list.
#[derive(SimpleObject)]
pub(crate) struct RosterEdge {
    /// Where the row stands in its list.
    pub(crate) cursor: String,
    /// The line.
    pub(crate) node: RosterEntry,
}

connection! {
    /// A roster, or a part of it.
    RosterConnection of RosterEdge, RosterEntry
}

/// What a partner's list wants of a person. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::roster::Wanted")]
pub(crate) enum RosterWish {
    /// They are to belong to the community: they are invited.
    Active,
    /// They no longer are to: the invitation, or the membership that came of it, ends.
    Ended,
}

/// A row of a partner's list.
#[derive(InputObject)]
pub(crate) struct RosterRowInput {
    /// What the partner calls the person: at most 100 characters, the same in every list.
    external_id: String,
    /// Their e-mail address.
    email: String,
    /// What is to be so.
    #[graphql(default_with = "RosterWish::Active")]
    state: RosterWish,
}

/// A partner's list, or a part of it.
#[derive(InputObject)]
pub(crate) struct ImportRosterInput {
    /// The rows: 1 to 1,000. People who are not in it stay as they are.
    rows: Vec<RosterRowInput>,
    /// Whether it is only looked at what would come of it.
    #[graphql(default)]
    dry_run: bool,
}

/// What came of a row. Clients must accept values they do not know.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RosterOutcome {
    /// The person is invited, as far as the partner may know; the roster tells who has joined.
    Invited,
    /// The invitation, or the membership that came of it, is over.
    Ended,
    /// All was so before.
    Unchanged,
    /// The row is wrong, as its message says.
    Invalid,
}

/// What came of a row of a partner's list. It is the same whether the address has an account or not.
#[derive(SimpleObject)]
pub(crate) struct RosterRow {
    /// What the partner calls the person, as the row said. Scope: `ROSTER_WRITE`.
    external_id: String,
    /// What came of it. Scope: `ROSTER_WRITE`.
    outcome: RosterOutcome,
    /// What is wrong with the row, for people; null if nothing. Scope: `ROSTER_WRITE`.
    message: Option<String>,
}

/// What came of a list.
#[derive(SimpleObject)]
pub(crate) struct ImportRosterPayload {
    /// Of each row, in the same order; null if the list was refused. Scope: `ROSTER_WRITE`.
    results: Option<Vec<RosterRow>>,
    /// Why the list was refused; empty if it was not. Scope: `ROSTER_WRITE`.
    user_errors: Vec<UserError>,
}

impl RosterRow {
    fn of(gql: &Context<'_>, external_id: String, result: std::result::Result<roster::Outcome, Refusal>) -> Self {
        let told = result.as_ref().err().map(|refusal| say(gql.language(), &refusal.message));
        let outcome = match result {
            Ok(roster::Outcome::Invited) => RosterOutcome::Invited,
            Ok(roster::Outcome::Ended) => RosterOutcome::Ended,
            Ok(roster::Outcome::Unchanged) => RosterOutcome::Unchanged,
            Err(_) => RosterOutcome::Invalid,
        };
        Self { external_id, outcome, message: told }
    }
}

/// What partners do about the people of their community.
#[derive(Default)]
pub(crate) struct RosterMutation;

#[Object]
impl RosterMutation {
    /// Brings invitations to the community of the access token in line with a partner's list. The same list can be sent
    /// again: a row is known by the partner's own id. Nobody is tied to anybody by it, and nobody belongs to the community
    /// before they say so. Scope: `ROSTER_WRITE`.
    async fn import_roster(
        &self,
        gql: &Context<'_>,
        #[graphql(desc = "The list.")] input: ImportRosterInput,
    ) -> Result<ImportRosterPayload> {
        let ids: Vec<String> = input.rows.iter().map(|row| row.external_id.clone()).collect();
        let run = if input.dry_run { Run::Dry } else { Run::Real };
        let (done, user_errors) = outcome(gql, roster::import(gql.ctx()?, entries(input.rows), run).await)?;
        let results = done
            .map(|results| ids.into_iter().zip(results).map(|(id, result)| RosterRow::of(gql, id, result)).collect());
        Ok(ImportRosterPayload { results, user_errors })
    }
}

fn entries(rows: Vec<RosterRowInput>) -> Vec<ImportEntry> {
    let entry = |row: RosterRowInput| ImportEntry {
        external_id: row.external_id,
        email: row.email,
        wanted: Wanted::from(row.state),
    };
    rows.into_iter().map(entry).collect()
}
