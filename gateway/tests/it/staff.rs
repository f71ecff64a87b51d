//! Somebody at the console, for a test: registered, with a token of their own, and verbs that bear it.

use std::time::Duration;

use domain::{id::UserId, staff::ConsoleRole};
use plumbline_gateway::staff::{
    Config, Staff,
    token::{Grant, Tokens},
};
use serde_json::Value;
use store::user::{self, Person};

use crate::app::{Answer, App};

/// Signs the tokens of tests.
pub const JWT_SECRET: &str = "the-secret-of-a-test-0123456789";

/// The gateway's staff of a test.
pub fn staff(config: Config) -> Staff {
    let http = channels::transport::Config::default();
    let client = channels::transport::client(&http).unwrap();
    let transport = channels::transport::Transport::new(client, &http);
    Staff::new(config, &JWT_SECRET.into(), None, transport).unwrap()
}

/// One person at the console.
pub struct Console<'a> {
    pub app: &'a App,
    pub id: UserId,
    pub token: String,
}

impl App {
    /// Somebody with that role, named after it.
    pub async fn as_user(&self, role: ConsoleRole) -> Console<'_> {
        self.as_named(&format!("the {role}"), role).await
    }

    pub async fn as_named(&self, name: &str, role: ConsoleRole) -> Console<'_> {
        let (ids, now) = (self.gateway.ids.clone(), self.gateway.clock.now());
        let person = Person::local(name, role);
        let user = self
            .gateway
            .store
            .write(move |tx| Box::pin(async move { user::put(tx, &ids, &person, now).await }))
            .await
            .unwrap();
        let ends = now.plus(Duration::from_secs(12 * 3_600));
        let grant = Grant { user: &user, role, jti: self.gateway.ids.uuid(), ends };
        let token = Tokens::new(&JWT_SECRET.into()).mint(grant, now).unwrap();
        Console { app: self, id: user.id, token }
    }
}

impl Console<'_> {
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.app.request(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.app.answer(self.request("GET", path)).await
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.request("GET", path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.bytes().await.unwrap().to_vec()
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.app.answer(self.request(method, path).json(body)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.app.answer(self.request("DELETE", path)).await
    }
}
