//! Servers and a model of the same people: every change is made at one of the servers and in the model.

use domain::account;
use domain::import::{self, Import, TiesAs};
use serde_json::{Value, json};

use super::model::{Met, Model, Someone, Who};
use super::plan::{Change, Pick, Plan};
use crate::support::{Person, World, refusals};

/// Whether a change changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    Something,
    Nothing,
}

/// One or more servers over one database, the people who ask them, and what ought to be answered.
pub(crate) struct Stage {
    pub(crate) worlds: Vec<World>,
    pub(crate) people: Vec<Person>,
    pub(super) model: Model,
    /// How many claims each has made today.
    claims: Vec<usize>,
}

/// How many claims a member may make a day.
const CLAIMS_A_DAY: usize = 10;

impl Stage {
    /// The people and ties `plan` begins with, in the database of `worlds` and in a model.
    pub(crate) async fn new(worlds: Vec<World>, plan: &Plan) -> Self {
        let world = &worlds[0];
        let ids: Vec<String> = (0..plan.size).map(|who| who.to_string()).collect();
        let person = |(who, id): (usize, &String)| import::Person {
            line: who as u64 + 2,
            id: id.clone(),
            skills: plan.skills_of(who),
            area: plan.area_of(who),
            ..import::Person::default()
        };
        let mut model = Model::default();
        for (a, b, met) in plan.pairs() {
            model.ties.entry((a, b)).or_insert(met);
        }
        let tie = |(a, b): &(Who, Who)| import::Tie { line: 2, from: ids[*a].clone(), to: ids[*b].clone() };
        let (people, ties) = (ids.iter().enumerate().map(person).collect(), model.ties.keys().map(tie).collect());
        world.import(Import { slug: "net".to_owned(), people, ties, ties_as: TiesAs::Active, community: None }).await;
        meet(world, &model).await;
        let mut people = Vec::new();
        for (who, id) in ids.iter().enumerate() {
            let person = world.person(&format!("net-{id}")).await;
            model.people.push(Someone {
                id: person.id,
                handle: person.name.clone(),
                // The import calls people by what the list calls them.
                name: id.clone(),
                headline: None,
                skills: plan.skills_of(who),
                area: plan.area_of(who),
                findable: true,
                as_route: true,
                suspended: false,
                gone: false,
            });
            people.push(person);
        }
        Self { claims: vec![0; people.len()], worlds, people, model }
    }

    /// Makes `change` at the server `at`, and in the model. What it answers is checked.
    pub(crate) async fn make(&mut self, change: &Change, at: usize) -> Made {
        match change {
            Change::Tie(a, b) => self.tie(self.pick(a), self.pick(b), at).await,
            Change::End(tie) => self.end(tie, at).await,
            Change::Block(a, b) => self.block(self.pick(a), self.pick(b), at).await,
            Change::Unblock(block) => self.unblock(block, at).await,
            Change::Findable(who, shown) => self.show(self.pick(who), "findable", *shown, at).await,
            Change::AsRoute(who, shown) => self.show(self.pick(who), "asRoute", *shown, at).await,
            Change::Suspended(who, suspended) => self.suspend(self.pick(who), *suspended, at).await,
            Change::Leave(who) => self.leave(self.pick(who), at).await,
            Change::Name(who, name) => {
                self.edit(self.pick(who), "name", json!(name), at, |own| own.name = name.clone()).await
            }
            Change::Skills(who, skills) => {
                self.edit(self.pick(who), "skills", json!(skills), at, |own| own.skills = skills.clone()).await
            }
            Change::Area(who, area) => {
                self.edit(self.pick(who), "area", json!(area), at, |own| own.area = area.clone()).await
            }
            Change::Headline(who, line) => {
                self.edit(self.pick(who), "headline", json!(line), at, |own| own.headline = Some(line.clone())).await
            }
        }
    }

    pub(super) fn pick(&self, pick: &Pick) -> Who {
        usize::from(*pick) % self.people.len()
    }

    fn may_act(&self, who: Who) -> bool {
        !self.model.people[who].suspended
    }

    fn asking(&self, who: Who, at: usize) -> Person {
        self.people[who].at(&self.worlds[at])
    }

    /// Both say so, one after the other.
    async fn tie(&mut self, a: Who, b: Who, at: usize) -> Made {
        let model = &self.model;
        if a == b || model.tie(a, b).is_some() || model.is_hidden(a, b) || !self.may_act(a) || !self.may_act(b) {
            return Made::Nothing;
        }
        if self.claims[a].max(self.claims[b]) == CLAIMS_A_DAY {
            self.worlds[at].pass_days(1);
            self.claims.fill(0);
        }
        self.claims[a] += 1;
        self.claims[b] += 1;
        let (one, other) = (self.asking(a, at), self.asking(b, at));
        assert_eq!(one.claim(&other).await["claim"]["state"], "OPEN");
        assert_eq!(other.claim(&one).await["claim"]["state"], "CONFIRMED");
        self.model.ties.insert((a.min(b), a.max(b)), Met::Otherwise);
        Made::Something
    }

    async fn end(&mut self, tie: &Pick, at: usize) -> Made {
        let ties: Vec<(Who, Who)> = self.model.ties.keys().copied().collect();
        if ties.is_empty() {
            return Made::Nothing;
        }
        let (a, b) = ties[usize::from(*tie) % ties.len()];
        if !self.may_act(a) || !self.may_act(b) {
            return Made::Nothing;
        }
        let ender = self.asking(a, at);
        let answer = ender.query("{ viewer { ties(first: 100) { nodes { id other { handle } } } } }").await;
        let nodes = answer["viewer"]["ties"]["nodes"].as_array().cloned().unwrap_or_default();
        let mut known: Vec<&str> = nodes.iter().filter_map(|tie| tie["other"]["handle"].as_str()).collect();
        known.sort_unstable();
        let mut tied: Vec<&str> = self.model.tied(a).iter().map(|who| self.people[*who].name.as_str()).collect();
        tied.sort_unstable();
        assert_eq!(known, tied, "the ties of {}", ender.name);
        let tie = nodes.iter().find(|tie| tie["other"]["handle"] == self.people[b].name).expect("this tie");
        let ended = ender.answer("endTie", tie["id"].as_str().expect("an id")).await;
        assert_eq!(ended["tie"]["state"], "ENDED");
        self.model.ties.remove(&(a, b));
        Made::Something
    }

    async fn block(&mut self, owner: Who, blocked: Who, at: usize) -> Made {
        if owner == blocked || !self.may_act(owner) || self.model.blocks.contains(&(owner, blocked)) {
            return Made::Nothing;
        }
        let payload = self.asking(owner, at).block(&self.people[blocked]).await;
        if self.model.relation(owner, blocked).is_none() {
            assert_eq!(refusals(&payload), ["NOT_FOUND"], "somebody unseen cannot be blocked");
            return Made::Nothing;
        }
        assert_eq!(payload["userErrors"], json!([]));
        self.model.blocks.insert((owner, blocked));
        self.model.ties.remove(&(owner.min(blocked), owner.max(blocked)));
        Made::Something
    }

    async fn unblock(&mut self, block: &Pick, at: usize) -> Made {
        let blocks: Vec<(Who, Who)> = self.model.blocks.iter().copied().collect();
        if blocks.is_empty() {
            return Made::Nothing;
        }
        let (owner, blocked) = blocks[usize::from(*block) % blocks.len()];
        if !self.may_act(owner) {
            return Made::Nothing;
        }
        let asking = self.asking(owner, at);
        let answer = asking.query("{ viewer { blocks(first: 100) { nodes { id memberId } } } }").await;
        let nodes = answer["viewer"]["blocks"]["nodes"].as_array().cloned().unwrap_or_default();
        let theirs = blocks.iter().filter(|(by, _)| *by == owner).count();
        assert_eq!(nodes.len(), theirs, "the blocks of {}", asking.name);
        let block = nodes.iter().find(|block| block["memberId"] == self.people[blocked].global_id());
        let document = "mutation($id: ID!) { unblockMember(input: {blockId: $id}) { userErrors { code } } }";
        let payload = asking.mutate(document, json!({"id": block.expect("this block")["id"]})).await;
        assert_eq!(payload["userErrors"], json!([]));
        self.model.blocks.remove(&(owner, blocked));
        Made::Something
    }

    async fn show(&mut self, who: Who, setting: &str, shown: bool, at: usize) -> Made {
        if !self.may_act(who) {
            return Made::Nothing;
        }
        self.asking(who, at).show(&format!("{setting}: {shown}")).await;
        let person = &mut self.model.people[who];
        let own = if setting == "findable" { &mut person.findable } else { &mut person.as_route };
        made(std::mem::replace(own, shown) != shown)
    }

    async fn leave(&mut self, who: Who, at: usize) -> Made {
        if !self.may_act(who) {
            return Made::Nothing;
        }
        let document = "mutation { deleteAccount(input: {withoutExport: true}) { userErrors { code } } }";
        let payload = self.asking(who, at).mutate(document, json!({})).await;
        if refusals(&payload) == ["PROOF_REQUIRED"] {
            // They came in too long ago.
            return Made::Nothing;
        }
        assert_eq!(payload["userErrors"], json!([]));
        let person = &mut self.model.people[who];
        (person.suspended, person.gone) = (true, true);
        Made::Something
    }

    async fn suspend(&mut self, who: Who, suspended: bool, at: usize) -> Made {
        if self.model.people[who].gone {
            return Made::Nothing;
        }
        let (ctx, handle) = (self.worlds[at].system(), &self.people[who].name);
        let done = if suspended { account::suspend(&ctx, handle).await } else { account::restore(&ctx, handle).await };
        done.expect("the operator's command");
        made(std::mem::replace(&mut self.model.people[who].suspended, suspended) != suspended)
    }

    async fn edit(
        &mut self,
        who: Who,
        field: &str,
        value: Value,
        at: usize,
        change: impl FnOnce(&mut Someone),
    ) -> Made {
        if !self.may_act(who) {
            return Made::Nothing;
        }
        let document = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }";
        let payload = self.asking(who, at).mutate(document, json!({"input": {field: value}})).await;
        assert_eq!(payload["userErrors"], json!([]));
        change(&mut self.model.people[who]);
        Made::Something
    }
}

fn made(something: bool) -> Made {
    if something { Made::Something } else { Made::Nothing }
}

/// Makes the ties in person that the model has so. No command does yet, so the rows are changed, before any server has
/// read them.
async fn meet(world: &World, model: &Model) {
    let mut statements = String::new();
    for (a, b) in model.ties.iter().filter(|(_, met)| **met == Met::InPerson).map(|(pair, _)| pair) {
        let both = format!("(SELECT id FROM member WHERE handle IN ('net-{a}', 'net-{b}'))");
        statements += &format!("UPDATE tie SET evidence = 'IN_PERSON' WHERE low IN {both} AND high IN {both};");
        statements +=
            &format!("UPDATE tie_end SET evidence = 'IN_PERSON' WHERE member_id IN {both} AND other_id IN {both};");
    }
    if !statements.is_empty() {
        world.execute(&statements).await;
    }
}
