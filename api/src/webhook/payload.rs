//! What a receiver reads: the type of what has happened, when, and ids as GraphQL has them. The same bytes at each try.

use domain::community::health::FEWEST;
use domain::ctx::Timestamp;
use domain::id::CommunityId;
use domain::news::{Count, News, Topic};
use serde_json::{Value, json};

use crate::graphql::{GlobalId, moment};

/// The body of a request.
pub(crate) fn body(told: &News, community: CommunityId, at: Timestamp) -> String {
    json!({"type": name(told.topic()), "timestamp": moment(at), "data": data(told, community)}).to_string()
}

fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::MemberJoined => "member.joined",
        Topic::MemberLeft => "member.left",
        Topic::GoalProgressed => "goal.progressed",
        Topic::GatheringPlanned => "gathering.planned",
        Topic::GatheringHeld => "gathering.held",
        Topic::IntroductionsCounted => "introductions.counted",
        Topic::WebhookTest => "webhook.test",
    }
}

fn id(id: &impl GlobalId) -> String {
    id.to_global().0
}

fn data(told: &News, community: CommunityId) -> Value {
    let mut data = match told {
        News::MemberJoined { membership, member } | News::MemberLeft { membership, member } => {
            json!({"membershipId": id(membership), "memberId": id(member)})
        }
        News::GoalProgressed { goal, value, unit } => json!({"goalId": id(goal), "value": value, "unit": unit}),
        News::GatheringPlanned { gathering, goal, starts_at, ends_at }
        | News::GatheringHeld { gathering, goal, starts_at, ends_at } => json!({
            "gatheringId": id(gathering), "goalId": goal.as_ref().map(id),
            "startsAt": moment(*starts_at), "endsAt": moment(*ends_at),
        }),
        News::IntroductionsCounted { days, closed, accepted, helped, met } => json!({
            "days": days, "closed": count(*closed), "accepted": count(*accepted), "helped": count(*helped),
            "met": count(*met),
        }),
        News::Test { webhook } => json!({"webhookId": id(webhook)}),
    };
    data["communityId"] = id(&community).into();
    data
}

/// A number as the health report has it.
fn count(count: Count) -> Value {
    match count {
        Count::Exact(exact) => json!({"exact": exact, "text": exact.to_string()}),
        Count::Few => json!({"exact": null, "text": format!("fewer than {FEWEST}")}),
    }
}
