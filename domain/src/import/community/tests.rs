//! Stories of communities that people of a list found.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryOrder, Set};

use super::*;
use crate::community::{NewCommunity, Return};
use crate::entity::member;
use crate::error::Error;
use crate::import::tests::World;
use crate::import::{Import, ImportedCommunity, Person, TiesAs, prepare};

impl World {
    /// What becomes of the community: founders who join, who are kept and who are gone.
    async fn found(&self, import: &Import) -> (Found, [usize; 3]) {
        let founding = self.run(import).await.community.unwrap();
        (founding.found, [founding.joined, founding.kept, founding.gone])
    }

    async fn faults_then(&self, import: &Import) -> Vec<(File, u64, String)> {
        let faults = self.prepare(import).await.err().unwrap();
        faults.into_iter().map(|fault| (fault.file, fault.line, fault.message)).collect()
    }

    async fn communities(&self) -> Vec<communities::Model> {
        communities::Entity::find().all(&self.ctx.kith.store.db).await.unwrap()
    }

    /// Who was something to the only community, by handle: in which state, and as what.
    async fn part(&self, handle: &str) -> Option<(MembershipState, Role, bool)> {
        let query = membership::Entity::find().filter(membership::Column::MemberId.eq(self.member(handle).await.id));
        let row = query.one(&self.ctx.kith.store.db).await.unwrap();
        row.map(|row| (row.state, row.role, row.founder))
    }
}

fn list(ids: &[&str], name: &str, founders: &[&str]) -> Import {
    let person = |(line, id): (u64, &&str)| Person { line, id: (*id).to_owned(), ..Person::default() };
    let founders = founders.iter().copied().map(str::to_owned).collect();
    Import {
        slug: "office".to_owned(),
        people: (2..).zip(ids).map(person).collect(),
        ties: Vec::new(),
        ties_as: TiesAs::Active,
        community: Some(ImportedCommunity { name: name.to_owned(), founders }),
    }
}

const IDS: [&str; 4] = ["12", "89", "90", "91"];

#[tokio::test]
async fn founders_found_it_and_nobody_else() {
    let world = World::new().await;
    let founded = world.found(&list(&IDS, " Office ", &["89", " 12 ", "89"])).await;
    assert_eq!(founded, (Found::Nothing, [2, 0, 0]));
    let community = world.communities().await.remove(0);
    assert_eq!((community.name.as_str(), community.stage), ("Office", Stage::Forming));
    assert_eq!(community.formed_by, Some(world.member("office-89").await.id));
    assert_eq!(text::handle("slug", &community.slug), Ok(community.slug.clone()));
    use MembershipState::Active;
    assert_eq!(world.part("office-89").await, Some((Active, Role::Steward, true)));
    assert_eq!(world.part("office-12").await, Some((Active, Role::Member, true)));
    assert_eq!(world.part("office-90").await, None);
    let trail = audit_entry::Entity::find().order_by_asc(audit_entry::Column::Id);
    let trail = trail.all(&world.ctx.kith.store.db).await.unwrap();
    let told: Vec<_> = trail.into_iter().map(|row| (row.action, row.actor_id, row.note)).collect();
    assert_eq!(told, [(Action::Formed, None, Some("office".to_owned())), (Action::Joined, None, None)]);
    let steward = world.as_member("office-89").await;
    assert!(community::by_ids(&steward, &[community.id]).await.unwrap()[0].is_mine());
    community::ratify(&steward, community.id, 1).await.unwrap();
}

#[tokio::test]
async fn a_dry_run_tells_and_writes_nothing() {
    let world = World::new().await;
    let prepared = prepare(&world.ctx, &list(&IDS, "Office", &["12", "89"]), &|_| {}).await.unwrap().ok().unwrap();
    let founding = prepared.report().community.clone().unwrap();
    assert_eq!((founding.found, founding.joined), (Found::Nothing, 2));
    assert!(founding.slug.starts_with("office-"), "{}", founding.slug);
    prepared.leave().await.unwrap();
    assert!(world.communities().await.is_empty());
    world.run(&list(&IDS, "Office", &["12", "89"])).await;
    assert_eq!(world.communities().await[0].slug, founding.slug);
}

#[tokio::test]
async fn bad_founders_are_told_with_all_other_bad_rows() {
    let world = World::new().await;
    let faults = world.faults_then(&list(&["1", ""], "Office", &["7", "1", " "])).await;
    let told: Vec<_> = faults.iter().map(|(file, line, message)| (*file, *line, message.as_str())).collect();
    let expected = [
        (File::People, 3, "The id is empty; every person needs one."),
        (File::Founders, 1, "\"7\" is not among the people."),
        (File::Founders, 3, "A founder's id is empty."),
    ];
    assert_eq!(told, expected);
    let none = world.faults_then(&list(&["1"], "Office", &[])).await;
    assert_eq!(none, [(File::Founders, 1, "A community needs a founder.".to_owned())]);
    let nameless = prepare(&world.ctx, &list(&["1"], " ", &["1"]), &|_| {}).await;
    assert!(matches!(nameless, Err(Error::Refused(refusals)) if refusals[0].path == ["community"]));
    assert_eq!(member::Entity::find().count(&world.ctx.kith.store.db).await.unwrap(), 0);
}

#[tokio::test]
async fn a_second_run_adds_who_is_missing_and_brings_nobody_back() {
    let world = World::new().await;
    world.run(&list(&IDS, "Office", &["12", "89", "90"])).await;
    let community = world.communities().await.remove(0);
    let steward = world.as_member("office-12").await;
    community::leave(&world.as_member("office-89").await, community.id, None).await.unwrap();
    let ninety = membership::Entity::find()
        .filter(membership::Column::MemberId.eq(world.member("office-90").await.id))
        .one(&world.ctx.kith.store.db)
        .await
        .unwrap()
        .unwrap();
    community::remove(&steward, ninety.id, "They asked to be.", Return::Possible).await.unwrap();
    // The reader's cache holds what the newcomer belonged to before.
    let late = world.as_member("office-91").await;
    assert!(community::by_ids(&late, &[community.id]).await.unwrap().is_empty());
    let again = world.found(&list(&IDS, "OFFICE", &["91", "89", "90", "12"])).await;
    assert_eq!(again, (Found::Forming, [1, 3, 0]));
    assert_eq!(world.communities().await.len(), 1);
    use MembershipState::{Active, Left, Removed};
    assert_eq!(world.part("office-91").await, Some((Active, Role::Member, true)));
    assert_eq!(world.part("office-12").await, Some((Active, Role::Steward, true)));
    assert_eq!(world.part("office-89").await.map(|part| part.0), Some(Left));
    assert_eq!(world.part("office-90").await.map(|part| part.0), Some(Removed));
    assert!(community::by_ids(&late, &[community.id]).await.unwrap()[0].is_mine());
    world.run(&list(&IDS, "Kitchen", &["12"])).await;
    assert_eq!(world.communities().await.len(), 2, "another name is another community");
}

#[tokio::test]
async fn once_it_is_launched_nothing_changes() {
    let world = World::new().await;
    world.run(&list(&IDS, "Office", &["12"])).await;
    let mut row = world.communities().await.remove(0).into_active_model();
    row.stage = Set(Stage::Live);
    row.update(&world.ctx.kith.store.db).await.unwrap();
    let again = world.found(&list(&IDS, "Office", &["12", "89"])).await;
    assert_eq!(again, (Found::Settled, [0, 2, 0]));
    assert_eq!(world.part("office-89").await, None);
}

#[tokio::test]
async fn who_cannot_act_founds_nothing() {
    let world = World::new().await;
    let mut people = list(&IDS, "Office", &["12", "89"]);
    world.run(&Import { community: None, ..people.clone() }).await;
    let suspend = async |handle: &str| {
        let mut row = world.member(handle).await.into_active_model();
        row.state = Set(member::State::Suspended);
        row.update(&world.ctx.kith.store.db).await.unwrap();
    };
    suspend("office-12").await;
    assert_eq!(world.found(&people).await, (Found::Nothing, [1, 0, 1]));
    assert_eq!(world.part("office-89").await.map(|part| part.1), Some(Role::Steward));
    people.community = Some(ImportedCommunity { name: "Kitchen".to_owned(), founders: vec!["12".to_owned()] });
    let faults = world.faults_then(&people).await;
    assert_eq!(faults[0].2, "None of the founders is a member who can act.");
}

#[tokio::test]
async fn a_community_that_took_the_name_first_gets_no_founders() {
    let world = World::new().await;
    let people = list(&IDS, "Office", &["12"]);
    world.run(&Import { community: None, ..people.clone() }).await;
    let slug = Some(slug_of("office", "Office"));
    let taken = NewCommunity { name: "Office".to_owned(), slug, ..NewCommunity::default() };
    community::form(&world.as_member("office-90").await, taken).await.unwrap();
    let refused = prepare(&world.ctx, &people, &|_| {}).await;
    assert!(matches!(refused, Err(Error::Refused(refusals)) if refusals[0].code == Code::SlugTaken));
    assert_eq!(world.part("office-12").await, None);
}
