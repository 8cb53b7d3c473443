//! From a selection to a plan: each key once, where it comes first, with everything that is selected below it (GraphQL,
//! 6.3.2). What the engine would do with a fragment or with a field that comes twice is done here once, for all rows.
//!
//! Deliberately absent: `@skip` and `@include`, which the engine has carried out before it asks anybody.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{Context, InputType, OutputType, Positioned, QueryPathSegment};

use super::json::Json;

/// The fields of a type that can be written without waiting, as a selection has them.
pub(super) trait Fields<'a>: Sized {
    /// The type.
    type Of: OutputType;
    /// What a value of the type is written from.
    type Value<'v>;

    /// The field that is selected; `None` if it is not known here.
    fn of(chosen: &Chosen<'a, '_>) -> Option<Self>;

    /// Writes its value.
    fn write(&self, value: &Self::Value<'_>, json: &mut Json);
}

/// What is to be written of each value of a type.
pub(super) struct Plan<'a, F>(Vec<(&'a str, Step<F>)>);

enum Step<F> {
    Typename,
    Field(F),
}

/// A field of a selection, with all that is selected below its key.
pub(super) struct Chosen<'a, 'g> {
    gql: &'g Context<'a>,
    field: &'a Positioned<Field>,
    below: Vec<&'a SelectionSet>,
}

impl<'a, F: Fields<'a>> Plan<'a, F> {
    /// The plan for what these sets select of one value; `None` if not all of it is known.
    pub(super) fn of(gql: &Context<'a>, sets: &[&'a SelectionSet]) -> Option<Self> {
        let ty = F::Of::type_name();
        let mut fields = Vec::new();
        for set in sets {
            collect(gql, &ty, set, &mut fields)?;
        }
        let step = |chosen: Chosen<'a, '_>| {
            let step = match chosen.name() {
                "__typename" => Step::Typename,
                _ => Step::Field(F::of(&chosen)?),
            };
            Some((key(chosen.field), step))
        };
        Some(Self(fields.into_iter().map(step).collect::<Option<_>>()?))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &F> {
        self.0.iter().filter_map(|(_, step)| match step {
            Step::Typename => None,
            Step::Field(field) => Some(field),
        })
    }

    /// Writes the selected fields of a value.
    pub(super) fn write(&self, value: &F::Value<'_>, json: &mut Json) {
        json.object(|object| {
            for (key, step) in &self.0 {
                let json = object.member(key);
                match step {
                    Step::Typename => json.plain(&*F::Of::type_name()),
                    Step::Field(field) => field.write(value, json),
                }
            }
        });
    }
}

impl<'a> Chosen<'a, '_> {
    pub(super) fn name(&self) -> &'a str {
        &self.field.node.name.node
    }

    pub(super) fn gql(&self) -> &Context<'a> {
        self.gql
    }

    /// The plan for what is selected below it.
    pub(super) fn below<F: Fields<'a>>(&self) -> Option<Plan<'a, F>> {
        Plan::of(self.gql, &self.below)
    }

    /// The value of an argument; `None` if it is wrong.
    pub(super) fn argument<T: InputType>(&self, name: &str, default: Option<fn() -> T>) -> Option<T> {
        self.gql.with_field(self.field).param_value(name, default).ok().map(|(_, value)| value)
    }
}

fn key(field: &Positioned<Field>) -> &str {
    &field.node.response_key().node
}

/// The fields that a set selects of a value of the type `ty`; `None` if there is anything in it that is not known here.
fn collect<'a, 'g>(
    gql: &'g Context<'a>,
    ty: &str,
    set: &'a SelectionSet,
    found: &mut Vec<Chosen<'a, 'g>>,
) -> Option<()> {
    for selection in &set.items {
        if !selection.node.directives().is_empty() {
            return None;
        }
        let (condition, inner) = match &selection.node {
            Selection::Field(field) => {
                add(gql, field, found)?;
                continue;
            }
            Selection::InlineFragment(inline) => (inline.node.type_condition.as_ref(), &inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let fragment = gql.query_env.fragments.get(&spread.node.fragment_name.node)?;
                (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
            }
        };
        if condition.is_none_or(|condition| is_of(gql, ty, &condition.node.on.node)) {
            collect(gql, ty, inner, found)?;
        }
    }
    Some(())
}

fn add<'a, 'g>(gql: &'g Context<'a>, field: &'a Positioned<Field>, found: &mut Vec<Chosen<'a, 'g>>) -> Option<()> {
    let below = &field.node.selection_set.node;
    let Some(same) = found.iter_mut().find(|chosen| key(chosen.field) == key(field)) else {
        found.push(Chosen { gql, field, below: vec![below] });
        return Some(());
    };
    // The rules have made sure of that; who relies on it alone would write one field's value for another's.
    let is_same = same.name() == field.node.name.node && same.field.node.arguments == field.node.arguments;
    same.below.push(below);
    is_same.then_some(())
}

/// Whether what is of the object type `ty` is of `other`, which may be an interface.
fn is_of(gql: &Context<'_>, ty: &str, other: &str) -> bool {
    let implements = &gql.schema_env.registry.implements;
    ty == other || implements.get(ty).is_some_and(|interfaces| interfaces.contains(other))
}

/// Whether the field's place in the answer is selected once. What comes twice the engine merges, which it can do with what
/// is not written yet only.
pub(super) fn is_alone(gql: &Context<'_>) -> bool {
    let Some(node) = &gql.path_node else { return false };
    let mut path = Vec::new();
    for node in std::iter::once(node).chain(node.parents()) {
        match node.segment {
            QueryPathSegment::Name(name) => path.push(name),
            QueryPathSegment::Index(_) => return false,
        }
    }
    let mut at = &gql.query_env.operation.node.selection_set.node;
    path.iter().rev().all(|key| {
        let mut below = Vec::new();
        having(gql, at, key, &mut below);
        let [only] = below[..] else { return false };
        at = only;
        true
    })
}

/// What is selected below `key` in a set, once for each time that it comes.
fn having<'a>(gql: &Context<'a>, set: &'a SelectionSet, key: &str, found: &mut Vec<&'a SelectionSet>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if self::key(field) == key => found.push(&field.node.selection_set.node),
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => having(gql, &inline.node.selection_set.node, key, found),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = gql.query_env.fragments.get(&spread.node.fragment_name.node) {
                    having(gql, &fragment.node.selection_set.node, key, found);
                }
            }
        }
    }
}
