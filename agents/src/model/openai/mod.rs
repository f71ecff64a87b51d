//! Models behind any server that speaks OpenAI's chat completions: OpenAI, Gemini's compatible endpoint, Mistral, Ollama,
//! vLLM, gateways. What they do differently is data (`profile`); what they get wrong is read leniently (`wire`,
//! `assemble`, `complaint`). Never retries: an error carries the decision.

mod arguments;
mod assemble;
mod complaint;
mod config;
mod echo;
mod endpoint;
mod failure;
mod image;
mod pause;
mod profile;
mod reply;
mod request;
mod schema;
mod schema_gemini;
mod schema_strict;
mod sse;
mod thinking;
mod transcript;
mod transport;
mod wire;

use std::{sync::Arc, time::Duration};

use async_openai::{Client, traits::RequestOptionsBuilder as _};
use async_trait::async_trait;
use domain::{clock::Clock, id::Ids, tool::ToolSpec};
use futures::StreamExt as _;
use reqwest::header::ACCEPT;
use serde_json::json;

use self::{
    assemble::{Assembler, Draft},
    endpoint::Endpoint,
    failure::{Failure, Judge},
    image::Album,
    request::Body,
    transport::{EVENT_STREAM, Transport},
    wire::Completion,
};
pub use self::{
    config::{Config, ConfigError, Provider, Timeouts},
    profile::{Dialect, Echo, Overrides, Profile, ProfileName, SystemRole, TokenLimit},
    transport::http_client,
};
use super::{Entry, Listener, Model, ModelError, ModelReply, ModelRequest};

/// A model of a server that speaks OpenAI's protocol.
pub struct OpenAi {
    client: Client<Endpoint>,
    endpoint: Endpoint,
    config: Config,
    model: String,
    ids: Arc<Ids>,
    written: request::Written,
}

/// How long `check` waits: `doctor` has a person before it.
const CHECK: Duration = Duration::from_secs(30);

impl OpenAi {
    /// `http` is best built by [`http_client`]; `ids` names calls that came without a usable id; `clock` measures a
    /// `Retry-After` date where the server sends no date of its own.
    ///
    /// # Errors
    /// [`ConfigError`] for an address or a key that no request can be made with.
    pub fn new(
        config: &Config,
        http: reqwest::Client,
        ids: Arc<Ids>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let endpoint = Endpoint::resolve(config)?;
        let (timeouts, reply_bytes) = (config.timeouts, config.reply_bytes);
        let service = Transport { http: http.clone(), clock, timeouts, reply_bytes };
        let model = set(config.model.as_deref()).unwrap_or(config.provider.default_model());
        Ok(Self {
            client: Client::build(http, endpoint.clone()).with_http_service(service),
            model: model.to_owned(),
            config: config.clone(),
            endpoint,
            ids,
            written: request::Written::default(),
        })
    }

    /// What is known of the server's habits, for the model of the configuration.
    #[must_use]
    pub fn profile(&self) -> Profile {
        Profile::resolve(&self.config, &self.endpoint, &self.model)
    }

    /// Asks for one word, with a tool at hand: what `doctor` says about the model is what this says.
    ///
    /// # Errors
    /// Why the model cannot be used, in one sentence.
    pub async fn check(&self) -> Result<(), ModelError> {
        let parameters = json!({ "type": "object", "properties": { "word": { "type": "string" } } });
        let description = "Not needed.".to_owned();
        let tools = vec![Arc::new(ToolSpec { name: "ping".to_owned(), description, parameters })];
        let entries = vec![Entry::Heard { text: "Reply with the word OK.".to_owned(), images: Vec::new() }];
        let (system, history, entries) = (Arc::from(""), Arc::default(), Arc::new(entries));
        let request =
            ModelRequest { model: None, system, history, entries, tools, temperature: None, max_tokens: 16 };
        self.ask(&request, None, CHECK.min(self.config.timeouts.total())).await.map(|_| ())
    }

    async fn ask(
        &self,
        request: &ModelRequest,
        listener: Option<&dyn Listener>,
        limit: Duration,
    ) -> Result<ModelReply, ModelError> {
        let model = request.model.as_deref().unwrap_or(&self.model);
        let profile = Profile::resolve(&self.config, &self.endpoint, model);
        let images = Album::new(&self.config, profile.images).parts(&request.entries).await;
        let draft = request::Draft {
            request,
            profile: &profile,
            model,
            reasoning_effort: set(self.config.reasoning_effort.as_deref()),
            images: &images,
            stream: listener.is_some(),
        };
        let body = draft.body(&self.written)?;
        let done = tokio::time::timeout(limit, self.exchange(request, body, listener)).await;
        let judge = Judge { endpoint: &self.endpoint, model };
        done.unwrap_or(Err(Failure::Slow(limit))).map_err(|failure| judge.decide(failure))
    }

    async fn exchange(
        &self,
        request: &ModelRequest,
        body: Body<'_>,
        listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, Failure> {
        let draft = match listener {
            Some(listener) => self.streamed(body, listener).await?,
            None => {
                let mut assembler = Assembler::default();
                assembler.feed(self.client.chat().create_byot::<_, Completion>(&body).await?)?;
                assembler.draft()
            }
        };
        reply::read(draft, request, &self.ids)
    }

    async fn streamed(&self, body: Body<'_>, listener: &dyn Listener) -> Result<Draft, Failure> {
        let chat = self.client.chat().header(ACCEPT, EVENT_STREAM)?;
        let mut pieces = chat.create_stream_byot::<_, Completion>(body).await?;
        let (mut assembler, mut filter) = (Assembler::default(), thinking::Filter::default());
        while let Some(piece) = pieces.next().await {
            let words = filter.push(&assembler.feed(piece?)?);
            if !words.is_empty() {
                listener.delta(&words);
            }
        }
        assembler.finish()
    }
}

#[async_trait]
impl Model for OpenAi {
    fn name(&self) -> String {
        format!("{} {} at {}", self.endpoint.provider.as_str(), self.model, self.endpoint.host)
    }

    async fn reply(
        &self,
        request: &ModelRequest,
        listener: Option<&dyn Listener>,
    ) -> Result<ModelReply, ModelError> {
        self.ask(request, listener, self.config.timeouts.total()).await
    }
}

/// A setting that is not blank.
fn set(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
