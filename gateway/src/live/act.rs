//! What a client's frame does, by whichever way it came. A frame is answered in its own stream; what it changes reaches
//! everybody by the log.

use std::sync::Arc;

use domain::{id::ConversationId, staff::Permission};
use serde_json::{Value, json};

use super::{
    ask,
    frame::{About, Authenticate, Incoming, Join, Ping, Trouble, Typing, error, frame},
    hello,
    presence::viewers,
    queue::Out,
    session::Session,
    socket::prove,
    submit,
};
use crate::{api::at, error::Problem, staff::Principal, state::Gateway};

/// Whose frame it is.
pub(crate) struct Actor {
    pub principal: Principal,
    /// The stream it belongs to; a frame that came by `POST` may have none.
    pub session: Option<Arc<Session>>,
}

impl Actor {
    /// As the stream knows them now: a newer token may have come since.
    pub(crate) fn principal(&self) -> Principal {
        self.session.as_ref().map_or_else(|| self.principal.clone(), |session| session.principal())
    }
}

/// What a frame was answered.
pub(crate) type Answers = Vec<Out>;

/// Does what `incoming` asks and answers it.
pub(crate) async fn act(gateway: &Gateway, actor: &Actor, incoming: Incoming) -> Answers {
    let done = match incoming.kind.as_str() {
        "authenticate" => renew(gateway, actor, &incoming).await,
        "join_conversation" => join(gateway, actor, &incoming).await,
        "leave_conversation" => leave(gateway, actor, &incoming).await,
        "typing" => typing(gateway, actor, &incoming).await,
        "ping" => ping(gateway, actor, &incoming).await,
        "send_message" => submit::submit(gateway, actor, &incoming).await,
        "command" => ask::ask(gateway, actor, &incoming).await,
        other => {
            let kind: String = other.chars().take(40).collect();
            Err(Trouble::new("unknown_type", format!("there is no frame of the type {kind:?}")))
        }
    };
    done.unwrap_or_else(|trouble| vec![Out::Answer(error(incoming.id.as_deref(), &trouble, gateway.now()))])
}

/// A `response` frame to the frame with the id `of`.
pub(crate) fn response(gateway: &Gateway, of: &str, data: &Value) -> Out {
    Out::Answer(frame("response", About { of: Some(of), ..About::default() }, data, gateway.now()))
}

/// A `response` that says no.
pub(crate) fn refusal(gateway: &Gateway, of: &str, problem: &Problem) -> Out {
    let retryable = problem.http.is_server_error();
    let error = json!({ "code": problem.code(), "message": problem.detail(), "retryable": retryable });
    response(gateway, of, &json!({ "status": "error", "error": error }))
}

pub(crate) fn trouble(problem: &Problem) -> Trouble {
    Trouble::new(problem.code(), problem.detail())
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        trouble(&Problem::from(error))
    }
}

/// What of the frame's data does not fit.
pub(crate) fn unfit(why: String) -> Trouble {
    Trouble::new("invalid_frame", why)
}

/// The conversation that the frame is about.
pub(crate) fn conversation(incoming: &Incoming) -> Result<ConversationId, Trouble> {
    let named = incoming.conversation_id.as_deref().map(ConversationId::from);
    named.ok_or_else(|| unfit("conversation_id is missing".to_owned()))
}

async fn renew(gateway: &Gateway, actor: &Actor, incoming: &Incoming) -> Result<Answers, Trouble> {
    let session = stream(actor)?;
    let proof: Authenticate = incoming.data().map_err(unfit)?;
    let principal = prove(gateway, &proof).await.map_err(|problem| trouble(&problem))?;
    if principal.user != session.user {
        let why = "this stream is somebody else's: open another one";
        return Err(Trouble::new("forbidden", why));
    }
    session.renew(principal);
    Ok(vec![Out::Answer(hello::renewed(gateway, session, incoming.id.as_deref()))])
}

fn stream(actor: &Actor) -> Result<&Arc<Session>, Trouble> {
    let why =
        "this frame belongs to a stream: name it with ?session=, or say ?conversations= when you follow";
    actor.session.as_ref().ok_or_else(|| Trouble::new("no_stream", why))
}

async fn join(gateway: &Gateway, actor: &Actor, incoming: &Incoming) -> Result<Answers, Trouble> {
    let session = stream(actor)?;
    let conversation = conversation(incoming)?;
    let Join { after_seq } = incoming.data().map_err(unfit)?;
    actor.principal().require(Permission::ThreadView).map_err(|problem| trouble(&problem))?;
    if store::conversation::get(&mut gateway.store.reader(), &conversation).await?.is_none() {
        return Err(Trouble::new("not_found", "there is no such conversation"));
    }
    if !session.join(&conversation) {
        let why = format!("a stream joins at most {} conversations: leave one", gateway.live.config.joined);
        return Err(Trouble::new("too_many", why));
    }
    let missed = match after_seq {
        Some(from) => gateway.live.told_again(gateway, session, &conversation, from).await?,
        None => Some(Vec::new()),
    };
    let all = gateway.live.sessions().await;
    let watching = all.iter().filter(|session| session.has_joined(&conversation));
    let data = json!({
        "status": "success",
        "conversation_id": conversation,
        "viewers": viewers(watching.map(|session| session.principal())),
        // What was missed is not in the log any more: read the conversation anew.
        "resync": missed.is_none(),
    });
    gateway.live.show_viewers(gateway, &conversation).await;
    let answer = incoming.id.as_deref().map(|of| response(gateway, of, &data));
    Ok(answer.into_iter().chain(missed.unwrap_or_default()).collect())
}

async fn leave(gateway: &Gateway, actor: &Actor, incoming: &Incoming) -> Result<Answers, Trouble> {
    let session = stream(actor)?;
    let conversation = conversation(incoming)?;
    if session.leave(&conversation) {
        gateway.live.show_viewers(gateway, &conversation).await;
    }
    let data = json!({ "status": "success", "conversation_id": conversation });
    Ok(incoming.id.as_deref().map(|of| response(gateway, of, &data)).into_iter().collect())
}

async fn typing(gateway: &Gateway, actor: &Actor, incoming: &Incoming) -> Result<Answers, Trouble> {
    let conversation = conversation(incoming)?;
    let typing: Typing = incoming.data().map_err(unfit)?;
    let principal = actor.principal();
    principal.require(Permission::ThreadReply).map_err(|problem| trouble(&problem))?;
    gateway.live.staff_type(gateway, &principal, actor.session.as_deref(), &conversation, &typing).await;
    Ok(Vec::new())
}

async fn ping(gateway: &Gateway, _: &Actor, incoming: &Incoming) -> Result<Answers, Trouble> {
    let Ping { n } = incoming.data().map_err(unfit)?;
    let data = json!({ "n": n, "head_seq": gateway.live.head().await, "server_time": at(gateway.now()) });
    let about = About { of: incoming.id.as_deref(), ..About::default() };
    Ok(vec![Out::Answer(frame("pong", about, &data, gateway.now()))])
}
