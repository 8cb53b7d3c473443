//! From what was asked to an operation that may run, by whichever transport it came: every check there is, once.
//!
//! Deliberately absent: who asks. The token is looked at last, by the transport ([`super::bearer`]), and
//! [`Prepared::by`] adds what it says; then its cost is paid ([`Prepared::paid`]). What is refused before costs nothing: it
//! reads nothing, and counting it would take longer than refusing it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpMessage, HttpRequest, web};
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, VariableDefinition};
use async_graphql::{Response, Value, Variables};
use domain::access_token;
use domain::budget::{self, Budget, MOST_COST, MUTATION_COST};
use domain::ctx::{Client, Ctx, RetryKey, Viewer};
use domain::{Kith, document, session};
use futures::StreamExt;
use tracing_actix_web::RequestId;

use super::answer::{Refused, is_of_document, is_unavailable};
use super::bearer::{self, Caller, Presented};
use super::budget::with_cost;
use super::document::Document;
use super::parsed::{Asked, Parsed, Unread};
use super::read::Parameters;
use super::retry;
use super::roots::{Roots, lift};
use crate::State;
use crate::auth::Bearer;
use crate::graphql::error::{Fault, RequestCode};
use crate::graphql::{Asking, Heard};
use crate::http::cost::MAX_NODES;
use crate::http::{client, negotiate};
use crate::words::Language;

/// How long an operation may take.
const EXECUTED_WITHIN: Duration = Duration::from_secs(10);
/// What telling an event costs, if there is anything left to pay it with.
const EVENT_COST: u32 = 1;

// What costs more than a bucket holds would be told to wait for ever.
const _: () = assert!(MAX_NODES == MOST_COST as u64);

/// What the head of a request says of whoever sent it: for the one operation in its body, or for all on its socket.
#[derive(Clone)]
pub(in crate::http) struct Asker {
    client: Arc<Client>,
    pub(in crate::http) language: Language,
    /// Under which id the log has the request.
    pub(in crate::http) request_id: String,
}

impl Asker {
    pub(in crate::http) fn of(request: &HttpRequest, state: &State) -> Self {
        Self {
            client: Arc::new(client::of(request, state.config.proxies)),
            language: negotiate::language(request),
            request_id: request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
        }
    }

    /// Takes points from the bucket of the network it asks from, before anything is known of who it is.
    pub(super) async fn pay(&self, points: u32, state: &State) -> Result<(), Refused> {
        let ctx = Ctx { client: self.client.clone(), ..Ctx::new(&state.kith, Viewer::Anonymous) };
        budget::spend(&ctx, points).await.map(|_| ()).map_err(|spent| Refused::limited(&spent))
    }
}

/// How an operation came, and how it can be answered.
#[derive(Clone, Copy)]
pub(in crate::http) struct Way {
    /// Whether it came over GET, which runs no mutations.
    pub(in crate::http) only_reads: bool,
    /// Whether several answers can be given, one after the other.
    pub(in crate::http) streams: bool,
    /// The status of what a document asks for and may not be read.
    pub(in crate::http) unreadable: StatusCode,
}

/// An operation that may run, once or for each event.
#[derive(Clone)]
pub(in crate::http) struct Prepared {
    parsed: Arc<Parsed>,
    /// As what the rules of GraphQL see it, if that tells.
    asked: Option<Asked>,
    operation_name: Option<String>,
    variables: Variables,
    kind: OperationType,
    enters: bool,
    retry: Option<Arc<RetryKey>>,
    asker: Asker,
    caller: Option<Caller>,
    /// Of one moment, from the look at its token on.
    kith: Kith,
    /// What it costs, in points.
    cost: u32,
    /// What is left now that its cost is paid; `None` before.
    budget: Option<Budget>,
    /// Under which hash its document is kept once it has run.
    keep_as: Option<Arc<Kept>>,
}

/// A document and its hash.
struct Kept {
    hash: String,
    text: Arc<str>,
}

/// Checks what was asked; `headers` may hold an idempotency key.
pub(in crate::http) fn prepare(
    state: &State,
    asker: &Asker,
    headers: &HeaderMap,
    way: Way,
    parameters: Parameters,
    given: Document,
) -> Result<Prepared, Refused> {
    let status = way.unreadable;
    let mut parsed = state.documents.read(&given.text, &state.limits).map_err(|unread| match unread {
        Unread::Refused(refused) => Refused::new(status, RequestCode::DocumentTooComplex, refused.message()),
        Unread::Broken(error) => Refused::unparsed(status, error.into()),
    })?;
    let document = &parsed.document;
    let operation_name = parameters.operation_name;
    let invalid = |message| Refused::new(status, RequestCode::GraphqlValidationFailed, message);
    let chosen = operation(document, operation_name.as_deref()).map_err(invalid)?;
    let kind = chosen.ty;
    check_way(way, kind)?;
    let roots = Roots::of(document, chosen);
    check_client(&asker.client, &roots, state)
        .map_err(|message| Refused::new(status, RequestCode::ClientTooOld, message))?;
    if roots.credentials() > 1 {
        let message = "The document has more than 1 mutation that touches credentials. Send one a request.";
        return Err(Refused::new(status, RequestCode::DocumentTooComplex, message));
    }
    if kind == OperationType::Subscription && !roots.are_one() {
        return Err(invalid("A subscription selects exactly one field at its root, without directives.".to_owned()));
    }
    let variables = Variables::from_json(serde_json::Value::Object(parameters.variables.unwrap_or_default()));
    check_variables(chosen, &variables).map_err(invalid)?;
    let estimate = state.costs.estimate(document, operation_name.as_deref(), &variables);
    if estimate.cost > MAX_NODES {
        let message = format!(
            "The answer could hold {} nodes, more than {MAX_NODES}; ask for less at `{}`.",
            estimate.cost, estimate.costliest
        );
        return Err(Refused::new(status, RequestCode::QueryTooCostly, message));
    }
    let commands = u32::try_from(roots.commands().len()).unwrap_or(u32::MAX);
    let nodes = u32::try_from(estimate.cost).unwrap_or(u32::MAX);
    let cost = nodes.saturating_add(commands.saturating_mul(MUTATION_COST)).max(1);
    if cost > MOST_COST {
        let message = format!("The operation costs {cost} points, more than {MOST_COST}; send fewer mutations in one.");
        return Err(Refused::new(status, RequestCode::QueryTooCostly, message));
    }
    let retry = retry::key(headers, parameters.extensions.as_ref(), &roots, chosen, &variables)?.map(Arc::new);
    let enters = roots.are_entrances();
    let asked = Asked::of(operation_name.as_deref(), chosen, &variables);
    if kind == OperationType::Subscription {
        let mut lifted = document.clone();
        lift(&mut lifted, operation_name.as_deref());
        parsed = Arc::new(lifted.into());
    }
    let keep_as = given.keep_as.map(|hash| Arc::new(Kept { hash, text: given.text }));
    Ok(Prepared {
        parsed,
        asked,
        operation_name,
        variables,
        kind,
        enters,
        retry,
        asker: asker.clone(),
        caller: None,
        kith: state.kith.of_one_moment(),
        cost,
        budget: None,
        keep_as,
    })
}

impl Prepared {
    /// Whether it is by whoever the token says. Who comes in anew is nobody yet: the token they may still send is what
    /// they come to replace.
    pub(in crate::http) fn needs_bearer(&self) -> bool {
        !self.enters
    }

    /// Whether it is answered for each event.
    pub(in crate::http) fn is_subscription(&self) -> bool {
        self.kind == OperationType::Subscription
    }

    /// The same, asked by whoever this is.
    pub(in crate::http) fn by(self, caller: Option<Caller>) -> Self {
        Self { caller, ..self }
    }

    /// The same, asked by whoever an `Authorization` header says, if they may.
    pub(super) async fn with_header(self, header: &str, state: &State) -> Result<Self, Refused> {
        let presented = bearer::presented(header, state)?;
        let this = match &presented {
            // Paying tells of which moment this is, at which the session is looked at then: one question to Redis, not two.
            // One that is known to be over is refused first, so that who has its token cannot spend what is its member's.
            Presented::Session(bearer) if session::was_live(&self.kith, bearer.member, bearer.session) => {
                self.by(Some(Caller::Member(bearer.clone()))).paid().await?
            }
            Presented::Session(_) | Presented::Access(_) => self,
        };
        match presented.admitted(&this.kith).await? {
            Caller::Partner(_) if this.is_subscription() => Err(bearer::for_members()),
            caller => Ok(this.by(Some(caller))),
        }
    }

    /// By which token of a session a member asks, if it is a member.
    pub(in crate::http) fn bearer(&self) -> Option<&Bearer> {
        match &self.caller {
            Some(Caller::Member(bearer)) => Some(bearer),
            Some(Caller::Partner(_)) | None => None,
        }
    }

    /// The same, once its cost is taken from the bucket of whoever asks: once, however often this is called.
    pub(in crate::http) async fn paid(self) -> Result<Self, Refused> {
        if self.budget.is_some() {
            return Ok(self);
        }
        let budget = budget::spend(&self.ctx(), self.cost).await.map_err(|spent| Refused::limited(&spent))?;
        Ok(Self { budget: Some(budget), ..self })
    }

    /// Takes what an event costs, if there is as much: one who subscribed is told of what happens in any case, since it
    /// is others who make it happen.
    pub(in crate::http) async fn pay_event(&self) {
        _ = budget::spend(&self.ctx(), EVENT_COST).await;
    }

    /// Keeps the document for those who send its hash alone, if that is wanted. It has run: it is right.
    pub(in crate::http) async fn keep(&self) {
        if let Some(kept) = &self.keep_as {
            document::keep(&self.ctx(), &kept.hash, &kept.text).await;
        }
    }

    /// Executes a query or a mutation.
    pub(in crate::http) async fn run(self, state: &web::Data<State>) -> Result<Response, Refused> {
        let is_query = self.kind == OperationType::Query;
        let (kept, budget) = (self.keep_as.is_some().then(|| self.clone()), self.budget);
        let response = match self.caller {
            Some(Caller::Partner(_)) => in_time(Box::pin(self.run_for_partner(state))).await??,
            Some(Caller::Member(_)) | None => in_time(self.run_for_member(state)).await?,
        };
        if let Some(kept) = kept.filter(|_| !response.errors.iter().any(is_of_document)) {
            kept.keep().await;
        }
        let response = budget.iter().fold(response, with_cost);
        // Of a mutation the part that was done is told, so that it is not done again.
        if is_unavailable(&response) && (is_query || response.data == Value::Null) {
            return Err(Refused::unavailable(response.errors));
        }
        Ok(response)
    }

    /// Executes what a member or somebody unknown asks.
    async fn run_for_member(mut self, state: &web::Data<State>) -> Response {
        let (parsed, asked) = (self.parsed.clone(), self.asked.take());
        let is_right = asked.as_ref().is_some_and(|asked| parsed.is_right(asked));
        let schema = if is_right { &state.lenient_schema } else { &state.schema };
        let response = schema.execute(self.request(state, Heard(None))).await;
        if let Some(asked) = asked.filter(|_| !is_right && !response.errors.iter().any(is_of_document)) {
            parsed.note_right(asked);
        }
        response
    }

    /// Executes what a partner asks, once it is written down that they did.
    async fn run_for_partner(self, state: &web::Data<State>) -> Result<Response, Refused> {
        let asked = self.operation_name.as_deref();
        let document = &self.parsed.document;
        let named = document.operations.iter().find_map(|(name, _)| name).map(|name| name.as_str());
        let fields = operation(document, asked).map(|chosen| Roots::of(document, chosen).names());
        let noted = access_token::note_use(&self.ctx(), asked.or(named), &fields.unwrap_or_default()).await;
        noted.map_err(Fault::from)?;
        Ok(state.partner_schema.execute(self.request(state, Heard(None))).await)
    }

    /// Executes a subscription for what was heard: an answer for each item that its field yields.
    pub(in crate::http) async fn hear(self, heard: Heard, state: &web::Data<State>) -> Result<Vec<Response>, Refused> {
        // It was prepared long ago: what is told is so now.
        let wanted = Self { kith: state.kith.of_one_moment(), ..self }.request(state, heard);
        let responses: Vec<Response> = in_time(state.schema.execute_stream(wanted).collect()).await?;
        match responses.into_iter().partition::<Vec<_>, _>(is_unavailable) {
            (away, told) if away.is_empty() => Ok(told),
            (away, _) => Err(Refused::unavailable(away.into_iter().flat_map(|response| response.errors).collect())),
        }
    }

    /// What the engine is to execute: now, by whoever asks.
    fn request(self, state: &web::Data<State>, heard: Heard) -> async_graphql::Request {
        let ctx = self.ctx();
        let asking = match self.kind {
            OperationType::Query => Asking::of(self.parsed.number, self.operation_name.as_deref(), &self.variables),
            OperationType::Mutation | OperationType::Subscription => None,
        };
        // The text itself is not needed any more.
        let mut wanted = async_graphql::Request::new(String::new()).variables(self.variables);
        if let Some(asking) = asking {
            wanted = wanted.data(asking);
        }
        wanted.operation_name = self.operation_name;
        wanted.set_parsed_query(self.parsed.document.clone());
        let wanted = crate::graphql::request(wanted, ctx, self.asker.language).data(heard).data(state.clone());
        match self.budget {
            Some(budget) => wanted.data(budget),
            None => wanted,
        }
    }

    /// Who asks, now, and with what.
    fn ctx(&self) -> Ctx {
        let ctx = match &self.caller {
            Some(Caller::Member(bearer)) => {
                let ctx = Ctx::new(&self.kith, Viewer::Member(bearer.member)).in_session(bearer.session);
                if bearer.actor.is_some() { ctx.by_operator() } else { ctx }
            }
            Some(Caller::Partner(grant)) => Ctx::new(&self.kith, Viewer::Partner(*grant)),
            None => Ctx::new(&self.kith, Viewer::Anonymous),
        };
        Ctx { client: self.asker.client.clone(), retry: self.retry.clone(), ..ctx }
    }
}

async fn in_time<T>(execution: impl Future<Output = T>) -> Result<T, Refused> {
    tokio::time::timeout(EXECUTED_WITHIN, execution).await.map_err(|_| {
        let message = "This took too long; ask for less, or try again.";
        Refused::new(StatusCode::SERVICE_UNAVAILABLE, RequestCode::Timeout, message)
    })
}

/// Whether an operation of this kind can be run and answered the way it came.
fn check_way(way: Way, kind: OperationType) -> Result<(), Refused> {
    let reads = kind == OperationType::Query || (kind == OperationType::Subscription && way.streams);
    if way.only_reads && !reads {
        let message = "Only queries are run over GET; use POST.";
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, RequestCode::MethodNotAllowed, message));
    }
    if kind == OperationType::Subscription && !way.streams {
        let message =
            "A subscription is answered over a WebSocket (graphql-transport-ws), or if text/event-stream is accepted.";
        return Err(Refused::bad_request(message));
    }
    Ok(())
}

/// The one operation a request means.
fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, String> {
    let mut operations = document.operations.iter();
    let meant = match name {
        Some(name) => operations.find(|(known, _)| known.is_some_and(|known| known == name)),
        None if operations.len() > 1 => {
            return Err("There are several operations; say which by `operationName`.".to_owned());
        }
        None => operations.next(),
    };
    let (_, operation) = meant.ok_or_else(|| match name {
        Some(name) => format!("There is no operation called `{name}`."),
        None => "There is no operation.".to_owned(),
    })?;
    Ok(&operation.node)
}

/// Whether the app is new enough for what it asks.
fn check_client(client: &Client, roots: &Roots<'_>, state: &State) -> Result<(), String> {
    match state.config.minimum_clients.lacked_by(client) {
        Some(minimum) if !roots.are_about_server() => {
            Err(format!("This version of the app is too old; install version {minimum} or a newer one."))
        }
        _ => Ok(()),
    }
}

/// Whether the request brings the variables the operation needs. The engine asks only while it executes, when some
/// fields have run already.
fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), String> {
    let lacks = |wanted: &&VariableDefinition| {
        let needed = !wanted.var_type.node.nullable && wanted.default_value.is_none();
        needed && matches!(variables.get(&wanted.name.node), None | Some(Value::Null))
    };
    match operation.variable_definitions.iter().map(|it| &it.node).find(lacks) {
        Some(wanted) => {
            Err(format!("The variable `${}` of type `{}` is missing.", wanted.name.node, wanted.var_type.node))
        }
        None => Ok(()),
    }
}
