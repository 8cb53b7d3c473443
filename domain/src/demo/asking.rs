//! What people of the demo ask of one another: introductions at every step, asks and those who were named for them, and the
//! conversations that came of it.
//!
//! All of it is played by the service's own commands, each at a moment of the past, so that what is left behind is what
//! they leave behind, notifications and all. Only the moments at which an end shows are set, since they are drawn.
//!
//! Deliberately absent: ties that came of it, so that the network stays what its own module says.

use std::collections::HashSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::network::Network;
use super::person_id;
use crate::ask::{self, Naming, NewAsk};
use crate::conversation;
use crate::ctx::{Ctx, Viewer, days};
use crate::entity::introduction as rows;
use crate::error::{Error, Result};
use crate::id::{AskId, ConversationId, IntroductionId};
use crate::introduction::{self, NewIntroduction, Outcome};

/// Who can be introduced through whom to whom, in the demo's network.
struct Acquaintance<'a> {
    network: &'a Network,
    tied: HashSet<(usize, usize)>,
    /// Those nobody is to be introduced to a second time.
    met: HashSet<usize>,
}

impl<'a> Acquaintance<'a> {
    fn of(network: &'a Network) -> Self {
        let tied = network.ties.iter().flat_map(|tie| [(tie.a, tie.b), (tie.b, tie.a)]).collect();
        Self { network, tied, met: HashSet::new() }
    }

    fn are_tied(&self, a: usize, b: usize) -> bool {
        self.tied.contains(&(a, b))
    }

    /// Whether a block stands between the two, or one has said to know the other.
    fn is_delicate(&self, a: usize, b: usize) -> bool {
        let pair = |by: usize, of: usize| (by, of) == (a, b) || (by, of) == (b, a);
        let network = self.network;
        network.blocks.iter().any(|it| pair(it.by, it.of)) || network.claims.iter().any(|it| pair(it.by, it.of))
    }

    fn ties_of(&self, who: usize) -> Vec<usize> {
        (0..self.network.people.len()).filter(|other| self.are_tied(who, *other)).collect()
    }

    /// Whether `through` can introduce `from` to `to`.
    fn is_route(&self, from: usize, through: usize, to: usize) -> bool {
        let people = &self.network.people;
        let apart = from != to && !self.are_tied(from, to) && !self.is_delicate(from, to);
        let open = people[through].as_route && people[to].findable && people[from].findable;
        let calm = !self.is_delicate(from, through) && !self.is_delicate(through, to);
        apart && open && calm && self.are_tied(from, through) && self.are_tied(through, to)
    }

    /// Somebody whom `from` could be introduced to, and through whom; `fits` says which.
    fn way(&mut self, from: usize, fits: impl Fn(usize, usize) -> bool) -> Result<(usize, usize)> {
        let ways = self
            .ties_of(from)
            .into_iter()
            .flat_map(|through| self.ties_of(through).into_iter().map(move |to| (through, to)));
        let mut ways = ways.filter(|(through, to)| self.is_route(from, *through, *to) && fits(*through, *to));
        let way = ways.find(|(_, to)| !self.met.contains(to));
        let way = way.ok_or_else(|| Error::Internal("the demo has nobody to introduce".to_owned()))?;
        self.met.insert(way.1);
        Ok(way)
    }
}

/// The stage on which it is played.
struct Stage<'a> {
    ctx: &'a Ctx,
    people: Acquaintance<'a>,
}

impl Stage<'_> {
    /// What `who` does, so many days ago.
    fn at(&self, who: usize, days_ago: u64) -> Ctx {
        let now = self.ctx.now.before(days(days_ago));
        Ctx { viewer: Viewer::Member(person_id(who)), now, ..self.ctx.clone() }
    }

    async fn requested(&self, [from, through, to]: [usize; 3], days_ago: u64, reason: &str) -> Result<IntroductionId> {
        let (target, connector) = (person_id(to), person_id(through));
        let new = NewIntroduction { target, connector, reason: reason.to_owned(), goal: None };
        Ok(introduction::request(&self.at(from, days_ago), new).await?.id)
    }

    /// The same, passed on by the one in the middle two days later.
    async fn passed_on(&self, three: [usize; 3], days_ago: u64, reason: &str) -> Result<IntroductionId> {
        let id = self.requested(three, days_ago, reason).await?;
        let note = "I thought of you at once. No is a fine answer, too.";
        introduction::pass_on(&self.at(three[1], days_ago - 2), id, note).await?;
        Ok(id)
    }

    /// Lets the end of an introduction show so many days from its request on.
    async fn reveal(&self, id: IntroductionId, after: u64, days_ago: u64) -> Result<()> {
        let at = self.ctx.now.before(days(days_ago)).after(days(after));
        rows::Entity::update_many()
            .col_expr(rows::Column::RevealAt, Expr::val(at.0))
            .filter(rows::Column::Id.eq(id))
            .exec(&self.ctx.kith.store.db)
            .await?;
        Ok(())
    }

    async fn say(&self, who: usize, days_ago: u64, conversation: ConversationId, text: &str) -> Result<()> {
        conversation::send(&self.at(who, days_ago), conversation, Uuid::now_v7(), text).await.map(drop)
    }

    async fn opened_by(&self, who: usize, id: IntroductionId) -> Result<ConversationId> {
        let found = conversation::of_introductions(&self.at(who, 0), &[id]).await?;
        found.get(&id).copied().ok_or_else(|| Error::Internal("the demo's conversation is not there".to_owned()))
    }

    async fn ask(&self, who: usize, days_ago: u64, need: &str, skills: &[&str], naming: Naming) -> Result<AskId> {
        let skills = skills.iter().copied().map(str::to_owned).collect();
        let new = NewAsk { need: need.to_owned(), skills, goal: None, community: None, naming, days: 30 };
        Ok(ask::create(&self.at(who, days_ago), new).await?.id)
    }
}

/// Plays it, for the three to look through the eyes of.
pub(super) async fn play(ctx: &Ctx, network: &Network) -> Result<()> {
    let [hub, bridge, newcomer] = network.guides;
    let mut stage = Stage { ctx, people: Acquaintance::of(network) };
    by_hub(&mut stage, hub).await?;
    through_and_to(&mut stage, hub).await?;
    for (guide, days_ago) in [(bridge, 4), (newcomer, 1)] {
        let (through, to) = stage.people.way(guide, |_, _| true)?;
        let reason = "I hear we would have a lot to talk about.";
        stage.requested([guide, through, to], days_ago, reason).await?;
    }
    asks(&mut stage, hub).await?;
    introduction::tell_ended(ctx).await.map(drop)
}

/// What the hub has asked for, in every state.
async fn by_hub(stage: &mut Stage<'_>, hub: usize) -> Result<()> {
    let next = |stage: &mut Stage<'_>| stage.people.way(hub, |_, _| true).map(|(through, to)| [hub, through, to]);
    let expired = next(stage)?;
    stage.requested(expired, 60, "We look for a second cello for the winter concert.").await?;
    let withdrawn = next(stage)?;
    let id = stage.requested(withdrawn, 30, "I would like to see how you keep bees.").await?;
    introduction::withdraw(&stage.at(hub, 28), id).await?;
    let accepted = next(stage)?;
    let id = stage.passed_on(accepted, 40, "Our hall needs somebody who understands old roofs.").await?;
    introduction::accept(&stage.at(accepted[2], 36), id).await?;
    let conversation = stage.opened_by(hub, id).await?;
    stage.say(accepted[1], 36, conversation, "Here you are, the two of you. I leave you to it.").await?;
    stage.say(accepted[2], 35, conversation, "Glad to help. Is Saturday morning good for a look at it?").await?;
    stage.say(hub, 35, conversation, "Saturday is perfect, I bring the coffee.").await?;
    introduction::record_outcome(&stage.at(hub, 20), id, Outcome::Helped, Some("The roof is dry.")).await?;
    introduction::record_outcome(&stage.at(accepted[2], 19), id, Outcome::Met, None).await?;
    let closed = next(stage)?;
    let id = stage.passed_on(closed, 20, "I collect stories of the old mill.").await?;
    stage.reveal(id, 14, 20).await?;
    introduction::decline(&stage.at(closed[2], 15), id).await?;
    let declined = next(stage)?;
    let id = stage.requested(declined, 12, "I would like to learn how you teach children to swim.").await?;
    stage.reveal(id, 18, 12).await?;
    introduction::decline(&stage.at(declined[1], 9), id).await?;
    let passed = next(stage)?;
    stage.passed_on(passed, 6, "We plan a street breakfast, and you have done three.").await?;
    let requested = next(stage)?;
    stage.requested(requested, 2, "I have a question about night shifts.").await.map(drop)
}

/// What waits for the hub: as the one in the middle, and as the one to be met.
async fn through_and_to(stage: &mut Stage<'_>, hub: usize) -> Result<()> {
    for from in stage.people.ties_of(hub) {
        if let Ok((through, to)) = stage.people.way(from, |through, _| through == hub) {
            stage.requested([from, through, to], 3, "You both sing; could you make us known to each other?").await?;
            break;
        }
    }
    for through in stage.people.ties_of(hub) {
        let strangers: Vec<usize> = stage.people.ties_of(through);
        let from = strangers.into_iter().find(|from| stage.people.is_route(*from, through, hub));
        if let Some(from) = from {
            return stage.passed_on([from, through, hub], 4, "I am new to the choir's board.").await.map(drop);
        }
    }
    Ok(())
}

/// Asks of the hub and of a tie of theirs, and who was named.
async fn asks(stage: &mut Stage<'_>, hub: usize) -> Result<()> {
    let need = "Who can help us to bring the old piano up to the second floor, or knows somebody who has done that?";
    let id = stage.ask(hub, 5, need, &["first aid", "carpentry"], Naming::Named).await?;
    let old = stage.ask(hub, 50, "Who has a tent for sixty people?", &[], Naming::Unnamed).await?;
    ask::close(&stage.at(hub, 44), old).await?;
    // One says yes, one says no, and one has not answered yet.
    for place in 0..3 {
        let (through, to) = stage.people.way(hub, |_, _| true)?;
        let named =
            ask::nominate(&stage.at(through, 4), id, person_id(to), Some("You have the patience for it.")).await?;
        let answer = stage.at(to, 3);
        match place {
            0 => drop(ask::accept(&answer, named.id).await?),
            1 => drop(ask::decline(&answer, named.id).await?),
            _ => {}
        }
    }
    let ties = stage.people.ties_of(hub);
    let Some((friend, helper)) = friend_and_helper(stage, &ties) else { return Ok(()) };
    let skill = stage.people.network.people[helper].skills[0];
    stage.ask(friend, 2, &format!("Who knows about {skill}, and has an hour for me?"), &[skill], Naming::Named).await?;
    let conversation = conversation::start(&stage.at(friend, 2), person_id(hub)).await?.id;
    stage.say(friend, 2, conversation, "I have asked around for help; do you know somebody?").await?;
    stage.say(friend, 1, conversation, "And see you on Thursday!").await
}

/// A tie of the hub's, and another one who has a skill and is not tied to the first.
fn friend_and_helper(stage: &Stage<'_>, ties: &[usize]) -> Option<(usize, usize)> {
    let people = &stage.people.network.people;
    let mut pairs = ties.iter().flat_map(|friend| ties.iter().map(move |helper| (*friend, *helper)));
    pairs.find(|(friend, helper)| {
        friend != helper && !people[*helper].skills.is_empty() && !stage.people.are_tied(*friend, *helper)
    })
}
