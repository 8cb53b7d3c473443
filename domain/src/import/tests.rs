//! Stories of lists: what is refused, what comes online, and what a second run leaves alone.

use std::sync::Mutex;

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PaginatorTrait, Set};

use super::*;
use crate::cache::Cache;
use crate::code;
use crate::entity::{block, claim_code, imported_person, member, tie, tie_end};
use crate::member as profile;
use crate::policy;
use crate::secret::Secrets;
use crate::store::Store;
use crate::{Kith, Role};

pub(super) struct World {
    pub(super) ctx: Ctx,
    _dir: tempfile::TempDir,
}

impl World {
    pub(super) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::connect(&format!("sqlite://{}", dir.path().join("kith.db").display())).await.unwrap();
        store.migrate().await.unwrap();
        Self {
            ctx: Ctx::new(&Kith::new(store, Cache::local(), Role::Command, Secrets::new(&[])), Viewer::System),
            _dir: dir,
        }
    }

    pub(super) async fn prepare(&self, import: &Import) -> std::result::Result<Prepared, Vec<Fault>> {
        prepare(&self.ctx, import, &|_| {}).await.unwrap()
    }

    pub(super) async fn run(&self, import: &Import) -> Report {
        let prepared = self.prepare(import).await.unwrap_or_else(|faults| panic!("{faults:?}"));
        let report = prepared.report().clone();
        prepared.write(&self.ctx, &|_| {}).await.unwrap();
        report
    }

    async fn faults(&self, import: &Import) -> Vec<(File, u64, String)> {
        let faults = self.prepare(import).await.err().unwrap_or_default();
        assert_eq!(self.members().await.len() + self.ties().await.len(), 0, "nothing is written");
        let told = |fault: Fault| match fault.rule {
            Some(rule) => format!("{}: {}", fault.message, rule.id),
            None => fault.message,
        };
        faults.into_iter().map(|fault| (fault.file, fault.line, told(fault))).collect()
    }

    async fn members(&self) -> Vec<member::Model> {
        member::Entity::find().all(&self.ctx.kith.store.db).await.unwrap()
    }

    async fn ties(&self) -> Vec<tie::Model> {
        tie::Entity::find().all(&self.ctx.kith.store.db).await.unwrap()
    }

    async fn ends(&self) -> u64 {
        tie_end::Entity::find().count(&self.ctx.kith.store.db).await.unwrap()
    }

    pub(super) async fn member(&self, handle: &str) -> member::Model {
        self.members().await.into_iter().find(|member| member.handle == handle).unwrap()
    }

    async fn skills(&self, handle: &str) -> Vec<String> {
        let id = self.member(handle).await.id;
        profile::profiles(&self.ctx.kith, &[id]).await.unwrap().remove(&id).unwrap().skills
    }

    pub(super) async fn as_member(&self, handle: &str) -> Ctx {
        Ctx::new(&self.ctx.kith, Viewer::Member(self.member(handle).await.id))
    }

    async fn edit(&self, handle: &str, edit: impl FnOnce(&mut member::ActiveModel)) {
        let mut row = self.member(handle).await.into_active_model();
        edit(&mut row);
        row.update(&self.ctx.kith.store.db).await.unwrap();
    }
}

/// People with these ids in lines 2, 3, …, and their ties in lines 2, 3, ….
fn list(ids: &[&str], ties: &[(&str, &str)]) -> Import {
    let person = |(line, id): (u64, &&str)| Person { line, id: (*id).to_owned(), ..Person::default() };
    let tie = |(line, (from, to)): (u64, &(&str, &str))| Tie { line, from: (*from).to_owned(), to: (*to).to_owned() };
    Import {
        slug: "office".to_owned(),
        people: (2..).zip(ids).map(person).collect(),
        ties: (2..).zip(ties).map(tie).collect(),
        ties_as: TiesAs::Active,
        community: None,
    }
}

fn somebody(line: u64, id: &str, name: &str, email: &str) -> Person {
    let (name, email) = (Some(name.to_owned()), Some(email.to_owned()));
    Person { line, id: id.to_owned(), name, email, ..Person::default() }
}

fn of(people: Vec<Person>) -> Import {
    Import { people, ..list(&[], &[]) }
}

#[tokio::test]
async fn person_89_of_the_office_becomes_the_member_office_89() {
    let world = World::new().await;
    let report = world.run(&list(&["89", "Room.7"], &[("89", "Room.7")])).await;
    assert_eq!(report, Report { created: 2, ties: 1, ..Report::default() });
    let member = world.member("office-89").await;
    assert_eq!((member.name.as_str(), member.email, member.findable), ("89", None, true));
    assert_eq!(world.member("office-room-7").await.name, "Room.7");
    let tie = world.ties().await.remove(0);
    assert_eq!((tie.state, tie.evidence, tie.begun_by), (tie::State::Active, tie::Evidence::Imported, None));
    assert_eq!((tie.active_at, world.ends().await), (Some(world.ctx.now), 2));
}

#[tokio::test]
async fn all_that_a_list_says_of_a_person_is_kept() {
    let world = World::new().await;
    let skills = vec!["Bike  repair".to_owned(), " ".to_owned(), "bike repair".to_owned(), "Rust".to_owned()];
    let ana = somebody(2, " 1 ", " Ana  Ruiz ", "Ana@Example.org");
    world.run(&of(vec![Person { skills, area: Some("Old  Town".to_owned()), ..ana }])).await;
    let ana = world.member("office-1").await;
    assert_eq!((ana.name.as_str(), ana.email.as_deref()), ("Ana Ruiz", Some("ana@example.org")));
    assert_eq!((ana.area.as_deref(), ana.area_key.as_deref()), (Some("Old Town"), Some("old town")));
    assert_eq!(world.skills("office-1").await, ["Bike repair", "Rust"]);
}

#[tokio::test]
async fn all_bad_people_are_listed_and_nothing_is_written() {
    let world = World::new().await;
    let people = vec![
        somebody(2, "1", "Ana", "ana@example.org"),
        somebody(3, " ", "Nobody", "nobody@example.org"),
        somebody(4, "é", "Eve", "eve@example.org"),
        somebody(5, "1", "Ann", "ann@example.org"),
        somebody(6, "2", &"x".repeat(81), "xxx@example.org"),
        somebody(7, "3", "Cem", "cem"),
        somebody(8, "4", "Dan", "ANA@example.org"),
        somebody(9, "a_b", "Fay", "fay@example.org"),
        somebody(10, "A-B", "Gil", "gil@example.org"),
        Person {
            skills: vec!["y".repeat(51)],
            area: Some("z".repeat(81)),
            ..somebody(11, "5", "Hal", "hal@example.org")
        },
    ];
    let faults = world.faults(&of(people)).await;
    let expected = [
        (3, "The id is empty"),
        (4, "The id \"é\" cannot make the handle \"office-é\": not-a-handle"),
        (5, "The id \"1\" is in line 2 already."),
        (6, "name: too-long"),
        (7, "e-mail: not-an-email"),
        (8, "The e-mail address \"ana@example.org\" is in line 2 already."),
        (10, "The handle \"office-a-b\" is in line 9 already."),
        (11, "area: too-long"),
        (11, "skills: too-long"),
    ];
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
    for ((file, line, message), (at, begins)) in faults.iter().zip(expected) {
        assert!(*file == File::People && *line == at && message.starts_with(begins), "{line}: {message}");
    }
}

#[tokio::test]
async fn a_self_tie_and_an_unknown_end_are_faults_of_their_lines() {
    let world = World::new().await;
    let faults = world.faults(&list(&["1", "2"], &[("1", "2"), ("2", "2"), ("1", "9"), ("", "1")])).await;
    let at = |line, message: &str| (File::Ties, line, message.to_owned());
    assert_eq!(
        faults,
        [at(3, "\"2\" is tied to itself."), at(4, "\"9\" is not among the people."), at(5, "An end is empty.")]
    );
}

#[tokio::test]
async fn a_slug_that_cannot_begin_a_handle_is_refused() {
    let world = World::new().await;
    let import = Import { slug: "the office".to_owned(), ..list(&["1"], &[]) };
    let refused = prepare(&world.ctx, &import, &|_| {}).await;
    assert!(matches!(refused, Err(Error::Refused(refusals)) if refusals[0].path == ["slug"]));
}

#[tokio::test]
async fn only_the_service_itself_imports() {
    let world = World::new().await;
    let ctx = Ctx::new(&world.ctx.kith, Viewer::Anonymous);
    assert!(matches!(prepare(&ctx, &list(&["1"], &[]), &|_| {}).await, Err(Error::Unauthenticated)));
}

#[tokio::test]
async fn a_handle_somebody_else_took_is_a_fault() {
    let world = World::new().await;
    world.run(&list(&["1"], &[])).await;
    world.edit("office-1", |ana| ana.handle = Set("office-2".to_owned())).await;
    let faults = world.prepare(&list(&["1", "2"], &[])).await.err().unwrap();
    assert_eq!((faults.len(), faults[0].line), (1, 3));
    assert!(faults[0].message.contains("not imported as this person"), "{faults:?}");
}

#[tokio::test]
async fn a_pair_named_twice_or_both_ways_is_one_tie() {
    let world = World::new().await;
    let report = world.run(&list(&["1", "2", "3"], &[("1", "2"), ("2", "1"), ("1", "2"), ("3", "2")])).await;
    assert_eq!((report.ties, report.duplicates, world.ties().await.len(), world.ends().await), (2, 2, 2, 4));
}

#[tokio::test]
async fn pending_ties_wait_for_both() {
    let world = World::new().await;
    world.run(&Import { ties_as: TiesAs::Pending, ..list(&["1", "2"], &[("1", "2")]) }).await;
    let tie = world.ties().await.remove(0);
    assert_eq!(
        (tie.state, tie.low_answer, tie.high_answer),
        (tie::State::Pending, tie::Answer::None, tie::Answer::None)
    );
    assert_eq!((tie.expires_at, world.ends().await), (world.ctx.now.after(policy::ANSWERED_WITHIN), 0));
    for handle in ["office-1", "office-2"] {
        crate::tie::confirm(&world.as_member(handle).await, tie.id).await.unwrap();
    }
    assert_eq!((world.ties().await[0].state, world.ends().await), (tie::State::Active, 2));
}

#[tokio::test]
async fn a_dry_run_counts_the_same_and_writes_nothing() {
    let world = World::new().await;
    let import = list(&["1", "2"], &[("1", "2")]);
    let dry = world.prepare(&import).await.ok().unwrap();
    let report = dry.report().clone();
    dry.leave().await.unwrap();
    assert_eq!((world.members().await.len(), world.ties().await.len()), (0, 0));
    assert_eq!(world.run(&import).await, report);
}

#[tokio::test]
async fn twice_is_the_same_as_once() {
    let world = World::new().await;
    let import = list(&["1", "2", "3"], &[("1", "2"), ("2", "3")]);
    world.run(&import).await;
    let before = (world.members().await, world.ties().await, world.ends().await);
    assert_eq!(world.run(&import).await, Report { unchanged: 3, kept: 2, ..Report::default() });
    assert_eq!((world.members().await, world.ties().await, world.ends().await), before);
}

#[tokio::test]
async fn what_a_member_edited_is_kept_and_the_rest_follows_the_list() {
    let world = World::new().await;
    let person = |id, name: &str, skill: &str, area: &str| Person {
        skills: vec![skill.to_owned()],
        area: Some(area.to_owned()),
        ..somebody(2, id, name, &format!("{id}@example.org"))
    };
    world.run(&of(vec![person("1", "Ana", "Rust", "Mill"), person("2", "Ben", "Go", "Mill")])).await;
    let ana = world.as_member("office-1").await;
    let edit = profile::ProfileEdit { name: profile::Edit::Set("Ana Ruiz".to_owned()), ..Default::default() };
    profile::update_profile(&ana, edit).await.unwrap();
    let again = of(vec![person("1", "Anna", "Python", "Weir"), person("2", "Benno", "Go", "Weir")]);
    assert_eq!(world.run(&again).await, Report { updated: 2, ..Report::default() });
    let (ana, ben) = (world.member("office-1").await, world.member("office-2").await);
    assert_eq!((ana.name.as_str(), ana.area_key.as_deref()), ("Ana Ruiz", Some("weir")));
    assert_eq!((ben.name.as_str(), ben.area.as_deref()), ("Benno", Some("Weir")));
    assert_eq!(world.skills("office-1").await, ["Python"]);
    // A list that does not say keeps what the last one said.
    assert_eq!(world.run(&list(&["1", "2"], &[])).await, Report { unchanged: 2, ..Report::default() });
    assert_eq!((world.member("office-2").await.name.as_str(), world.members().await.len()), ("Benno", 2));
    let once_more = of(vec![person("2", "Ben", "Go", "Weir")]);
    assert_eq!(world.run(&once_more).await.updated, 1);
}

#[tokio::test]
async fn a_name_given_later_takes_the_place_of_the_id() {
    let world = World::new().await;
    world.run(&list(&["1"], &[])).await;
    let named = Person { name: Some("Ana".to_owned()), ..list(&["1"], &[]).people.remove(0) };
    assert_eq!(world.run(&of(vec![named])).await.updated, 1);
    assert_eq!(world.member("office-1").await.name, "Ana");
}

#[tokio::test]
async fn two_members_can_exchange_their_addresses() {
    let world = World::new().await;
    let with = |a, b| of(vec![somebody(2, "1", "Ana", a), somebody(3, "2", "Ben", b)]);
    world.run(&with("a@example.org", "b@example.org")).await;
    assert_eq!(world.run(&with("b@example.org", "a@example.org")).await.updated, 2);
    assert_eq!(world.member("office-1").await.email.as_deref(), Some("b@example.org"));
    let stolen = of(vec![somebody(2, "1", "Ana", "a@example.org")]);
    let faults = world.prepare(&stolen).await.err().unwrap();
    assert!(faults[0].message.contains("belongs to another member, @office-2"), "{faults:?}");
}

#[tokio::test]
async fn ended_and_blocked_ties_are_not_revived() {
    let world = World::new().await;
    let import = list(&["1", "2", "3"], &[("1", "2"), ("1", "3"), ("2", "3")]);
    world.run(&list(&["1", "2", "3"], &[("1", "2"), ("1", "3")])).await;
    let (ana, id) = (world.as_member("office-1").await, world.member("office-2").await.id);
    let tie = world.ties().await.into_iter().find(|tie| tie.low == id || tie.high == id).unwrap();
    crate::tie::end(&ana, tie.id).await.unwrap();
    crate::block::create(&ana, world.member("office-3").await.id).await.unwrap();
    let row = block::Model {
        id: crate::id::BlockId::fresh(),
        owner_id: world.member("office-3").await.id,
        blocked_id: id,
        created_at: ana.now,
    };
    block::Entity::insert(row.into_active_model()).exec(&world.ctx.kith.store.db).await.unwrap();
    assert_eq!(world.run(&import).await, Report { unchanged: 3, kept: 3, ..Report::default() });
    assert_eq!(world.ends().await, 0);
}

#[tokio::test]
async fn a_member_who_is_gone_stays_gone_with_their_ties() {
    let world = World::new().await;
    let import = list(&["1", "2"], &[("1", "2")]);
    world.run(&import).await;
    member::Entity::delete_by_id(world.member("office-2").await.id).exec(&world.ctx.kith.store.db).await.unwrap();
    assert_eq!(world.run(&import).await, Report { unchanged: 1, gone: 1, ties_gone: 1, ..Report::default() });
    assert_eq!(world.members().await.len(), 1);
}

#[tokio::test]
async fn a_person_with_a_members_address_is_that_member_and_nothing_of_theirs_changes() {
    let world = World::new().await;
    world.run(&Import { slug: "choir".to_owned(), ..of(vec![somebody(2, "x", "Ana", "ana@example.org")]) }).await;
    let office = Import {
        ties: list(&[], &[("7", "8")]).ties,
        ..of(vec![somebody(2, "7", "A. Ruiz", "ana@example.org"), somebody(3, "8", "Ben", "ben@example.org")])
    };
    let before = world.member("choir-x").await;
    let linked = vec![Linked { id: "7".to_owned(), handle: "choir-x".to_owned() }];
    assert_eq!(world.run(&office).await, Report { created: 1, linked, ties: 1, ..Report::default() });
    assert_eq!(world.member("choir-x").await, before);
    let renamed = of(vec![somebody(2, "7", "Ana", "ana@example.org"), somebody(3, "9", "Nia", "ana@example.com")]);
    assert_eq!(world.run(&renamed).await, Report { created: 1, unchanged: 1, ..Report::default() });
    let renamed = of(vec![somebody(2, "7", "Other", "other@example.org")]);
    assert_eq!(world.run(&renamed).await.unchanged, 1, "whose account it is, the list has no say in it");
    assert_eq!(world.member("choir-x").await, before);
}

#[tokio::test]
async fn one_member_cannot_be_two_people_of_a_list() {
    let world = World::new().await;
    world.run(&of(vec![somebody(2, "1", "Ana", "a@example.org")])).await;
    let double = of(vec![somebody(2, "1", "Ana", ""), somebody(3, "2", "Ana", "a@example.org")]);
    let faults = world.prepare(&double).await.err().unwrap();
    assert!(faults[0].line == 3 && faults[0].message.contains("same member as \"1\""), "{faults:?}");
}

#[tokio::test]
async fn who_has_no_address_gets_a_code_that_is_kept_as_a_fingerprint() {
    let world = World::new().await;
    let import = of(vec![somebody(2, "1", "Ana", "ana@example.org"), somebody(3, "2", "Ben", " ")]);
    let prepared = world.prepare(&import).await.ok().unwrap();
    let codes = prepared.codes().to_vec();
    prepared.write(&world.ctx, &|_| {}).await.unwrap();
    assert_eq!(codes.iter().map(|code| code.handle.as_str()).collect::<Vec<_>>(), ["office-2"]);
    let code = &codes[0].code;
    assert!(code.len() == 34 && code.split('-').all(|group| group.len() == 4), "{code}");
    let rows = claim_code::Entity::find().all(&world.ctx.kith.store.db).await.unwrap();
    assert_eq!((rows.len(), rows[0].code_hash.len()), (1, 64));
    assert_eq!(rows[0].code_hash, code::fingerprint(&code.to_lowercase().replace('-', " ").replace('0', "o")));
    assert!(world.prepare(&import).await.ok().unwrap().codes().is_empty(), "once");
    let said = imported_person::Entity::find().all(&world.ctx.kith.store.db).await.unwrap();
    assert!(said.iter().all(|row| !row.said.contains(code.as_str())));
}

#[tokio::test]
async fn nobody_gets_more_ties_than_a_member_may_have() {
    let world = World::new().await;
    let most = usize::try_from(policy::MOST_TIES).unwrap() + 2;
    let ids: Vec<String> = (0..most).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let ties: Vec<(&str, &str)> = ids[1..].iter().map(|id| ("0", *id)).collect();
    let faults = world.faults(&list(&ids, &ties)).await;
    assert_eq!((faults.len(), faults[0].0, faults[0].1), (1, File::Ties, 5_002));
}

#[tokio::test]
async fn progress_ends_where_it_should() {
    let world = World::new().await;
    let seen = Mutex::new(Vec::new());
    let hear = |progress: Progress| seen.lock().unwrap().push(progress);
    let prepared = prepare(&world.ctx, &list(&["1", "2"], &[("1", "2")]), &hear).await.unwrap().ok().unwrap();
    prepared.write(&world.ctx, &hear).await.unwrap();
    let seen = seen.into_inner().unwrap();
    for stage in [Stage::Checking, Stage::Writing] {
        let last = seen.iter().rfind(|progress| progress.stage == stage).unwrap();
        assert!(last.total > 0 && last.done == last.total, "{last:?}");
    }
}
