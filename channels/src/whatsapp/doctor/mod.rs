//! The connectivity test: what Meta says of our token, number, account and templates, in the order in which one thing
//! needs the other. Sends no message, and changes nothing. What an answer means is in `findings`.

mod findings;

use serde_json::Value;
use url::Url;

use super::{WhatsApp, signature};
use findings::{CALLBACK, HEALTH, NUMBER, REACHABLE, SUBSCRIPTION, TEMPLATES, TOKEN};
pub use findings::{Check, Verdict};

const FIELDS: &str = "verified_name,display_phone_number,platform_type,status,code_verification_status,name_status,\
    quality_rating,throughput,whatsapp_business_manager_messaging_limit,webhook_configuration,health_status";

impl WhatsApp {
    /// Runs the test. With `webhook`, our own webhook as the world reaches it, that is called too.
    pub async fn examine(&self, webhook: Option<&Url>) -> Vec<Check> {
        let number = match self.ask(&self.config.phone_number_id, &[("fields", FIELDS)]).await {
            Ok(number) => number,
            Err((says, mend)) => {
                let rest = [HEALTH, SUBSCRIPTION, CALLBACK, TOKEN, TEMPLATES]
                    .map(|name| Check::skipped(name, "not asked"));
                return [Check::new(NUMBER, Verdict::Fail, says, mend)].into_iter().chain(rest).collect();
            }
        };
        let mut checks = vec![findings::of_number(&number), findings::of_health(&number)];
        checks.push(self.subscription().await);
        checks.push(findings::of_callback(&number, webhook));
        checks.push(self.token().await);
        checks.push(self.templates().await);
        checks.push(match webhook {
            Some(url) => self.reachable(url).await,
            None => Check::skipped(REACHABLE, "PLUMBLINE_PUBLIC_URL is not set"),
        });
        checks
    }

    /// A read of the Graph API; else what happened and what to do.
    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, (String, String)> {
        let answer = self.graph.get(path, query).await.map_err(|failure| {
            (failure.to_string(), "check the network and WHATSAPP_API_BASE_URL".to_owned())
        })?;
        if answer.status.is_success() {
            return Ok(serde_json::from_slice(&answer.body).unwrap_or_default());
        }
        Err(findings::refusal(&answer))
    }

    async fn subscription(&self) -> Check {
        let path = format!("{}/subscribed_apps", self.config.business_account_id);
        match self.ask(&path, &[]).await {
            Ok(body) => findings::of_subscription(&body),
            Err((says, mend)) => Check::new(SUBSCRIPTION, Verdict::Fail, says, mend),
        }
    }

    async fn token(&self) -> Check {
        use secrecy::ExposeSecret as _;
        let token = self.config.access_token.expose_secret();
        match self.ask("debug_token", &[("input_token", token)]).await {
            Ok(body) => findings::of_token(&body),
            // Many tokens may not look at themselves; that they work was shown before.
            Err((says, _)) => Check::skipped(TOKEN, &format!("Meta does not tell about the token ({says})")),
        }
    }

    async fn templates(&self) -> Check {
        let path = format!("{}/message_templates", self.config.business_account_id);
        match self.ask(&path, &[("fields", "name,language,status"), ("limit", "200")]).await {
            Ok(body) => {
                let templates = &self.config.templates;
                let names = std::iter::once(&templates.notice).chain(templates.questions.values());
                let names: Vec<&str> = names.map(String::as_str).filter(|name| !name.is_empty()).collect();
                let codes: Vec<&str> = templates.codes.values().map(String::as_str).collect();
                findings::of_templates(&body, &names, &codes)
            }
            Err((says, mend)) => Check::new(TEMPLATES, Verdict::Warn, says, mend),
        }
    }

    /// Our own handshake and a signed greeting, by the road that Meta takes.
    async fn reachable(&self, webhook: &Url) -> Check {
        use secrecy::ExposeSecret as _;
        let mut asked = webhook.clone();
        let token = self.config.verify_token.expose_secret();
        asked.query_pairs_mut().extend_pairs([
            ("hub.mode", "subscribe"),
            ("hub.challenge", "1158201444"),
            ("hub.verify_token", token),
        ]);
        let handshake = self.outside.call(reqwest::Request::new(reqwest::Method::GET, asked)).await;
        if let Some(failed) = findings::of_handshake(handshake) {
            return failed;
        }
        const GREETING: &[u8] = br#"{"object":"whatsapp_business_account"}"#;
        let mut request = reqwest::Request::new(reqwest::Method::POST, webhook.clone());
        let headers = request.headers_mut();
        headers.insert(
            reqwest::header::CONTENT_TYPE,
            reqwest::header::HeaderValue::from_static("application/json"),
        );
        let signed = signature::sign(&self.config.app_secret, GREETING);
        if let Ok(value) = reqwest::header::HeaderValue::from_str(&signed) {
            headers.insert(signature::HEADER, value);
        }
        *request.body_mut() = Some(GREETING.to_vec().into());
        findings::of_greeting(self.outside.call(request).await)
    }
}
