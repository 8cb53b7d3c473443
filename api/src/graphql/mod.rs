//! The schema: one file a noun, each with its types, inputs, queries, mutations and subscriptions, in this
//! order.
//!
//! Resolvers parse, call the domain and wrap what it returns; no rule lives here. `schema.graphql` at the top of the
//! repository is this schema's text, and a test compares the two.

pub mod error;
pub mod scope;

mod access_token;
mod account;
mod ask;
mod audit;
mod block;
mod charter;
mod claim;
mod commitment;
mod community;
mod context;
mod conversation;
mod credential;
mod gathering;
mod goal;
mod handshake;
mod health;
mod introduction;
mod invitation;
mod leaving;
mod live;
mod loaders;
mod member;
mod membership;
mod network;
mod node;
mod nomination;
mod notification;
mod page;
mod payload;
mod rate_limit;
mod readiness;
mod report;
mod role;
mod roster;
mod scalar;
mod server;
mod session;
mod tie;
mod validation;
mod viewer;
mod walk;
mod webhook;

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, ValidationMode};

pub(crate) use self::context::{Heard, request};
pub(crate) use self::scalar::{GlobalId, moment};
pub(crate) use self::validation::Rules;
pub(crate) use self::walk::Asking;
pub use self::walk::Walks;
pub(crate) use self::walk::json::Json;
use crate::config::Switch;

/// Where every question begins.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(
    viewer::ViewerQuery,
    member::MemberQuery,
    community::CommunityQuery,
    node::NodeQuery,
    rate_limit::RateLimitQuery,
    server::ServerQuery,
    access_token::AccessTokenQuery,
);

/// Every command. Each takes one `input` and returns one payload with the changed object and `userErrors`.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(AccountMutations, PeopleMutations, CommunityMutations, PartnerMutations);

// In groups: the engine goes through the members of a merged object one within the other, which takes stack.

#[derive(MergedObject, Default)]
struct AccountMutations(
    account::AccountMutation,
    credential::CredentialMutation,
    leaving::LeavingMutation,
    session::SessionMutation,
    invitation::InvitationMutation,
    member::MemberMutation,
    notification::NotificationMutation,
);

#[derive(MergedObject, Default)]
struct PeopleMutations(
    handshake::HandshakeMutation,
    tie::TieMutation,
    claim::ClaimMutation,
    block::BlockMutation,
    introduction::IntroductionMutation,
    ask::AskMutation,
    nomination::NominationMutation,
    conversation::ConversationMutation,
    conversation::MessageMutation,
);

#[derive(MergedObject, Default)]
struct CommunityMutations(
    charter::CharterMutation,
    membership::MembershipMutation,
    role::RoleMutation,
    goal::GoalMutation,
    commitment::CommitmentMutation,
    gathering::GatheringMutation,
    report::ReportMutation,
);

#[derive(MergedObject, Default)]
struct PartnerMutations(access_token::AccessTokenMutation, roster::RosterMutation, webhook::WebhookMutation);

/// What an app is told of at once while it listens. Each event is an execution of its own, under what the viewer may see
/// by then.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct Subscription(
    live::LiveSubscription,
    notification::NotificationSubscription,
    conversation::MessageSubscription,
    introduction::IntroductionSubscription,
);

/// The schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. It needs no state: whoever executes a request brings the context along.
pub fn schema(introspection: Switch) -> Schema {
    finish(builder(), introspection)
}

/// The same schema, which gives a partner what its access token reaches and nothing else. It is one of its own since
/// looking at each field costs time, which members need not spend.
pub(crate) fn partner_schema(introspection: Switch) -> Schema {
    finish(builder().extension(scope::Guard), introspection)
}

/// The same schema for what is known to keep the rules: it does not ask again.
pub(crate) fn lenient_schema(introspection: Switch) -> Schema {
    finish(builder().validation_mode(ValidationMode::Fast), introspection)
}

type Builder = async_graphql::SchemaBuilder<Query, Mutation, Subscription>;

fn builder() -> Builder {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

fn finish(builder: Builder, introspection: Switch) -> Schema {
    match introspection {
        Switch::On => builder.finish(),
        Switch::Off => builder.disable_introspection().disable_suggestions().finish(),
    }
}

/// The schema's text, as it stands in `schema.graphql`.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    let sdl = schema(Switch::On).sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}
