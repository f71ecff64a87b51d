//! The world outside on one port: a Graph API and a model. Both take their time, fail now and then, and keep a journal of
//! what they did, which outlives whoever asked for it.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, routing::post};
use tokio::{net::TcpListener, sync::watch};

use super::{
    graph::{self, Graph},
    mail::{Dice, Mail},
    model::{self, Model},
};

#[derive(Clone)]
pub struct Outside {
    pub dice: Dice,
    pub mail: Mail,
    pub graph: Arc<Graph>,
    pub model: Arc<Model>,
}

impl Outside {
    pub async fn start(seed: u64) -> (Self, SocketAddr) {
        let dice = Dice::new(seed);
        let mail = Mail::new(dice.clone());
        let graph = Arc::new(Graph::new(dice.clone(), mail.clone()));
        let model = Arc::new(Model::new(dice.clone()));
        let routes = Router::new()
            .route("/{version}/{number}/messages", post(graph::messages))
            .with_state(Arc::clone(&graph))
            .merge(
                Router::new()
                    .route("/v1/chat/completions", post(model::complete))
                    .with_state(Arc::clone(&model)),
            );
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (Self { dice, mail, graph, model }, address)
    }
}

/// A call that a test keeps waiting: the first about `mark`, and no other.
pub struct Hold {
    mark: String,
    came: watch::Sender<bool>,
    go: watch::Sender<bool>,
}

impl Hold {
    pub fn on(mark: &str) -> Arc<Self> {
        Arc::new(Self {
            mark: mark.to_owned(),
            came: watch::Sender::new(false),
            go: watch::Sender::new(false),
        })
    }

    /// Waits until the call is there.
    pub async fn has_come(&self) {
        self.came.subscribe().wait_for(|came| *came).await.unwrap();
    }

    pub fn lets_go(&self) {
        self.go.send_replace(true);
    }

    /// Waits here, where `text` is about the mark and nobody waited before.
    pub async fn keeps(&self, text: &str) {
        if text.contains(&self.mark) && !self.came.send_replace(true) {
            self.go.subscribe().wait_for(|go| *go).await.unwrap();
        }
    }
}
