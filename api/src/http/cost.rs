//! Estimates how many nodes the answer to an operation may hold, before the operation runs.
//!
//! Five lists of a hundred within each other are a short document and ten billion nodes. The engine's own measure of
//! complexity does not multiply by `first` unless every field remembers to say so; here the schema says it, once: the
//! argument `first` or `ids` of a field is how often everything below it may come. An estimate errs upwards: pages count
//! as full, what `@skip` may leave out counts, and so does each selection of a field that the answer merges.
//!
//! Deliberately absent:
//! - Scalars and introspection, which read no rows: they cost nothing.
//! - Refusals. Whether a page size or a field is valid is for the engine to say, whether a cost is too high for the
//!   caller; [`MAX_NODES`] is the default.
//! - Bounds on the document itself: `guard` has made sure that it is small, shallow and without cycles.

use std::{borrow::Cow, collections::HashMap, convert::Infallible};

use async_graphql::{
    Name, Number, Positioned, Value as ConstValue, Variables,
    parser::{parse_schema, types::*},
};

#[cfg(test)]
mod tests;

/// The most nodes an answer may hold, unless configured otherwise.
pub const MAX_NODES: u64 = 10_000;

/// The size of a page where neither the document nor the schema gives one.
const PAGE: u64 = 20;

/// The largest page there is; the engine refuses more.
const MAX_PAGE: u64 = 100;

/// What an operation may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The most nodes its answer may hold.
    pub cost: u64,
    /// Where in the answer the list stands that holds the most of them, not counting the lists within it, such as
    /// `viewer.network.nodes.mutuals`. Empty when there is no list.
    pub costliest: String,
}

/// What every field of the schema costs.
#[derive(Debug)]
pub struct Costs {
    query: String,
    mutation: String,
    subscription: String,
    /// By type, then by field. A type that is missing here is a leaf.
    types: HashMap<String, HashMap<String, FieldCost>>,
}

#[derive(Debug)]
struct FieldCost {
    /// The type of the field, without lists and `!`.
    result: String,
    amount: Amount,
}

/// How often what stands below a field may come.
#[derive(Debug)]
enum Amount {
    Once,
    /// As often as the argument `first` says.
    First {
        default: u64,
    },
    /// Once for each of the argument `ids`.
    Ids,
}

impl Costs {
    /// Reads the costs from the schema's definition.
    ///
    /// # Panics
    ///
    /// If `sdl` is not a schema. It is our own, and without it nothing would have a cost.
    pub fn of_schema(sdl: &str) -> Self {
        let schema = parse_schema(sdl).expect("the schema's own definition parses");
        let mut costs = Self {
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
            subscription: "Subscription".to_owned(),
            types: HashMap::new(),
        };
        for definition in schema.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => costs.name_roots(schema.node),
                TypeSystemDefinition::Type(ty) => costs.add_type(ty.node),
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        costs
    }

    fn name_roots(&mut self, schema: SchemaDefinition) {
        let rename = |root: &mut String, name: Option<Positioned<Name>>| {
            if let Some(name) = name {
                *root = name.node.to_string();
            }
        };
        rename(&mut self.query, schema.query);
        rename(&mut self.mutation, schema.mutation);
        rename(&mut self.subscription, schema.subscription);
    }

    fn add_type(&mut self, ty: TypeDefinition) {
        let fields = match ty.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            // Its members have the fields, but it is no leaf.
            TypeKind::Union(_) => Vec::new(),
            TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => return,
        };
        let fields = fields.into_iter().map(|field| (field.node.name.node.to_string(), FieldCost::of(&field.node)));
        self.types.entry(ty.name.node.to_string()).or_default().extend(fields);
    }

    /// Estimates the operation of `document` that a request with `operation_name` and `variables` runs.
    /// A request that names none costs nothing, because the engine refuses it.
    pub fn estimate(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Estimate {
        let mut operations = document.operations.iter();
        let operation = match operation_name {
            Some(wanted) => operations.find(|(name, _)| name.is_some_and(|name| name == wanted)),
            None if operations.len() == 1 => operations.next(),
            None => None,
        };
        let Some((_, operation)) = operation else {
            return Estimate { cost: 0, costliest: String::new() };
        };
        let root = match operation.node.ty {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        let mut walk = Walk { costs: self, document, operation: &operation.node, variables, fragments: HashMap::new() };
        let sum = walk.selections(&operation.node.selection_set.node, root);
        Estimate { cost: sum.nodes, costliest: sum.costliest }
    }
}

impl FieldCost {
    fn of(field: &FieldDefinition) -> Self {
        let mut amount = Amount::Once;
        for argument in field.arguments.iter().map(|it| &it.node) {
            match (argument.name.node.as_str(), &argument.ty.node.base) {
                ("first", BaseType::Named(_)) => {
                    let default = match argument.default_value.as_ref().map(|it| &it.node) {
                        Some(ConstValue::Number(number)) => page(number),
                        _ => PAGE,
                    };
                    amount = Amount::First { default };
                }
                ("ids", BaseType::List(_)) => amount = Amount::Ids,
                _ => {}
            }
        }
        let mut result = &field.ty.node.base;
        while let BaseType::List(items) = result {
            result = &items.base;
        }
        Self { result: result.to_string(), amount }
    }
}

/// What a part of the operation costs where it comes once.
#[derive(Clone, Default)]
struct Sum {
    nodes: u64,
    /// Those of `nodes` that stand in no list of this part, and so belong to the next list above.
    loose: u64,
    /// The nodes of the costliest list in this part, and where it is.
    most: u64,
    costliest: String,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.loose = self.loose.saturating_add(other.loose);
        if other.most > self.most {
            self.most = other.most;
            self.costliest = other.costliest;
        }
    }
}

struct Walk<'a> {
    costs: &'a Costs,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    /// The sums of the fragments met so far: each is walked once, however often it is spread.
    fragments: HashMap<&'a str, Sum>,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, set: &'a SelectionSet, ty: &'a str) -> Sum {
        let mut sum = Sum::default();
        for selection in &set.items {
            sum.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, ty),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.selections(&inline.node.selection_set.node, condition.unwrap_or(ty))
                }
            });
        }
        sum
    }

    fn fragment(&mut self, name: &'a str) -> Sum {
        if let Some(sum) = self.fragments.get(name) {
            return sum.clone();
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Sum::default();
        };
        // Without a guard in front, a cycle still ends here.
        self.fragments.insert(name, Sum::default());
        let sum = self.selections(&fragment.node.selection_set.node, &fragment.node.type_condition.node.on.node);
        self.fragments.insert(name, sum.clone());
        sum
    }

    fn field(&mut self, field: &'a Field, ty: &str) -> Sum {
        let costs = self.costs;
        // Introspection is not in the definition of a schema, so what is below it is free as well.
        let Some(known) = costs.types.get(ty).and_then(|fields| fields.get(field.name.node.as_str())) else {
            return Sum::default();
        };
        if !costs.types.contains_key(&known.result) {
            return Sum::default();
        }
        let below = self.selections(&field.selection_set.node, &known.result);
        let itself = u64::from(!is_wrapper(&known.result));
        let (nodes, loose) = (below.nodes.saturating_add(itself), below.loose.saturating_add(itself));
        let key = field.response_key().node.as_str();
        let within = || if below.most > 0 { format!("{key}.{}", below.costliest) } else { String::new() };

        let times = match known.amount {
            Amount::Once => return Sum { nodes, loose, most: below.most, costliest: within() },
            Amount::First { default } => self.first(field, default),
            Amount::Ids => self.ids(field),
        };
        let inner_is_costlier = below.most > loose;
        Sum {
            nodes: nodes.saturating_mul(times),
            loose: 0,
            most: below.most.max(loose).saturating_mul(times),
            costliest: if inner_is_costlier { within() } else { key.to_owned() },
        }
    }

    /// How large a page `field` asks for.
    fn first(&self, field: &Field, default: u64) -> u64 {
        match self.argument(field, "first").as_deref() {
            None => default,
            Some(ConstValue::Number(number)) => page(number),
            // `null` asks for no size in particular.
            Some(_) => PAGE,
        }
    }

    /// How many ids `field` is given.
    fn ids(&self, field: &Field) -> u64 {
        match self.argument(field, "ids").as_deref() {
            Some(ConstValue::List(ids)) => ids.len() as u64,
            // A single id stands for a list of one.
            _ => 1,
        }
    }

    /// The value of an argument; `None` when it is left out, also by way of a variable.
    fn argument(&self, field: &Field, name: &str) -> Option<Cow<'a, ConstValue>> {
        // The engine does not export the type of a value that may hold variables, only this way to make it constant.
        // Variables become null here, as a long list must not be copied for each field it is given to.
        let mut variable = None;
        let Ok(value) = field.get_argument(name)?.node.clone().into_const_with(|name| {
            variable = Some(name);
            Ok::<_, Infallible>(ConstValue::Null)
        });
        match (value, variable) {
            (ConstValue::Null, Some(variable)) => self.variable(&variable).map(Cow::Borrowed),
            (value, _) => Some(Cow::Owned(value)),
        }
    }

    /// What `$name` stands for, if the request or else the operation says so.
    fn variable(&self, name: &Name) -> Option<&'a ConstValue> {
        self.variables.get(name).or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter().map(|it| &it.node);
            let definition = definitions.find(|it| it.name.node == *name)?;
            definition.default_value.as_ref().map(|it| &it.node)
        })
    }
}

/// The types that only carry the nodes of a list: counting them would count each node several times.
fn is_wrapper(ty: &str) -> bool {
    ["Connection", "Edge", "PageInfo"].iter().any(|suffix| ty.ends_with(suffix))
}

fn page(asked: &Number) -> u64 {
    asked.as_i64().map_or(MAX_PAGE, |asked| asked.max(1).unsigned_abs().min(MAX_PAGE))
}
