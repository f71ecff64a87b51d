//! A running agent with verbs for a test: a port of its own, a fresh database, a clock that stands still.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use channels::link::wire::EXTENSION;
use domain::{
    agent::AgentName,
    clock::Millis,
    current::Current,
    id::{Ids, JobId},
    inbound::Inbound,
    job::JobNotice,
};
use plumbline_gateway::{
    Admission, Config, Duty, Gateway, HostedAgent, Room, Waker,
    live::{Config as LiveConfig, Live},
    router,
};
use serde_json::{Value, json};
use store::{Store, inbox, office::job::Job};
use tokio_util::sync::CancellationToken;
use url::Url;

pub const SECRET: &str = "test-secret-0123456789";
pub const APP_SECRET: &str = "test-app-secret";
pub const NOW: Millis = Millis(1_763_640_000_000);

pub use crate::db::{Db, on_each, sqlite};

/// One router on a port of its own.
pub struct App {
    pub url: String,
    pub gateway: Gateway,
    http: reqwest::Client,
    woken: Arc<AtomicUsize>,
    /// Where files go that no test looks at.
    _media: tempfile::TempDir,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The office agent.
pub async fn office(db: &Db) -> App {
    agent(db, "office", Duty::TakesJobs { from: "field".into() }).await
}

/// The field agent.
pub async fn field(db: &Db) -> App {
    agent(db, "field", Duty::HandsOver { to: "office".into() }).await
}

/// The office agent under other limits.
pub async fn limited_office(db: &Db, limits: Config) -> App {
    serve(db, |gateway, url| {
        let gateway = Gateway { config: limits, ..gateway.clone() };
        router::agent(&gateway, hosted("office", url, Duty::TakesJobs { from: "field".into() }))
    })
    .await
}

fn hosted(name: &str, url: &str, duty: Duty) -> HostedAgent {
    HostedAgent {
        name: AgentName::from(name),
        description: format!("the {name} agent of a test"),
        url: Url::parse(url).unwrap(),
        secret: SECRET.into(),
        duty,
    }
}

pub async fn agent(db: &Db, name: &str, duty: Duty) -> App {
    serve(db, |gateway, url| router::agent(gateway, hosted(name, url, duty))).await
}

/// The gateway's own port.
pub async fn house(db: &Db) -> App {
    serve(db, |gateway, _| router::house(gateway)).await
}

/// The gateway's own port under limits of the test's own.
pub async fn house_with_limits(db: &Db, config: Config) -> App {
    serve_with(db, Means { config, ..Means::default() }, |gateway, _| router::house(gateway)).await
}

/// The gateway's own port, where staff come in by `config`.
pub async fn house_of(db: &Db, config: plumbline_gateway::staff::Config) -> App {
    serve_as(db, config, |gateway, _| router::house(gateway)).await
}

/// The gateway's own port with a live stream of these limits, and what stops the stream.
pub async fn watched(db: &Db, live: LiveConfig) -> (App, CancellationToken) {
    let means = Means { live, ..Means::default() };
    let stop = means.stop.clone();
    (serve_with(db, means, |gateway, _| router::house(gateway)).await, stop)
}

/// The gateway's own port with Meta's webhook.
pub async fn with_meta(db: &Db, room: Room) -> App {
    let receiver = receiver();
    serve(db, |gateway, _| router::house_with(gateway, router::meta_cloud(gateway, receiver, room))).await
}

/// The gateway's own port with the telephone system's webhook and a media folder.
pub async fn with_telephony(db: &Db, folder: &std::path::Path) -> App {
    let telephony = channels::telephony::Config {
        secret: APP_SECRET.into(),
        recording_hosts: vec!["records.example.com".to_owned()],
        ..channels::telephony::Config::default()
    };
    let receiver = Current::new(channels::telephony::Receiver::new(&telephony, "49"));
    let config = Config { media_folder: folder.to_owned(), ..Config::default() };
    serve_with(db, Means { config, ..Means::default() }, |gateway, _| {
        router::house_with(gateway, router::telephony(gateway, receiver))
    })
    .await
}

fn receiver() -> Current<channels::whatsapp::Receiver> {
    let config = channels::whatsapp::Config {
        access_token: "token".into(),
        phone_number_id: "106540352242922".into(),
        business_account_id: "102290129340398".into(),
        app_secret: APP_SECRET.into(),
        previous_app_secrets: vec!["the-secret-before".into()],
        verify_token: "verify-me".into(),
        ..channels::whatsapp::Config::default()
    };
    Current::new(channels::whatsapp::Receiver::new(&config).unwrap())
}

/// The gateway's port with Meta's webhook, over a store and with limits of the test's own.
pub async fn with_meta_on(db: &Db, store: Store, limits: Config) -> App {
    let clock = db.clock.clone();
    let mut db = Db::over(store);
    db.clock = clock;
    let (receiver, means) = (receiver(), Means { config: limits, ..Means::default() });
    serve_with(&db, means, |gateway, _| {
        router::house_with(gateway, router::meta_cloud(gateway, receiver, Room::default()))
    })
    .await
}

async fn serve(db: &Db, router: impl FnOnce(&Gateway, &str) -> axum::Router) -> App {
    serve_as(db, plumbline_gateway::staff::Config::default(), router).await
}

async fn serve_as(
    db: &Db,
    staff: plumbline_gateway::staff::Config,
    router: impl FnOnce(&Gateway, &str) -> axum::Router,
) -> App {
    serve_with(db, Means { staff, ..Means::default() }, router).await
}

/// The gateway's own port with a media folder, and templates as Meta lists them.
pub async fn house_with_media(db: &Db, folder: &std::path::Path) -> App {
    let template = |name: &str, body: &str, buttons: Value| {
        let components = json!([{"type": "BODY", "text": body}, {"type": "BUTTONS", "buttons": buttons}]);
        let template =
            json!({"name": name, "language": "de", "category": "UTILITY", "components": components});
        channels::whatsapp::Offer::read(&template).unwrap()
    };
    let buttons = json!([{"type": "QUICK_REPLY", "text": "Ja"}, {"type": "QUICK_REPLY", "text": "Nein"}]);
    let config = Config {
        media_folder: folder.to_owned(),
        upload_mib: 1,
        templates: Arc::new(vec![
            template("notice", "Neues: {{1}}", json!([])),
            template("visit", "Dürfen wir am {{1}} um {{2}} kommen?", buttons),
        ]),
        ..Config::default()
    };
    serve_with(db, Means { config, ..Means::default() }, |gateway, _| router::house(gateway)).await
}

/// What differs from test to test.
#[derive(Default)]
struct Means {
    staff: plumbline_gateway::staff::Config,
    live: LiveConfig,
    stop: CancellationToken,
    config: Config,
}

async fn serve_with(db: &Db, means: Means, router: impl FnOnce(&Gateway, &str) -> axum::Router) -> App {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    // Each process has a seed of its own; two with the same would make the same ids.
    static SEED: AtomicUsize = AtomicUsize::new(1);
    let seed = [u8::try_from(SEED.fetch_add(1, Ordering::SeqCst) % 256).unwrap(); 32];
    let (media, mut config) = (tempfile::tempdir().unwrap(), means.config);
    if config.media_folder == Config::default().media_folder {
        config.media_folder = media.path().to_owned();
    }
    let gateway = Gateway {
        store: db.store.clone(),
        clock: db.clock.clone(),
        ids: Arc::new(Ids::new(db.clock.clone(), seed)),
        waker: Waker::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        }),
        staff: crate::staff::staff(means.staff),
        firm: Arc::new(crate::invoices::firm()),
        live: Live::new(means.live, None),
        config,
        means: Default::default(),
        admission: Admission::default(),
    };
    tokio::spawn(Live::run(gateway.clone(), means.stop));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = router(&gateway, &url);
    tokio::spawn(async move {
        axum::serve(listener, routes.into_make_service_with_connect_info::<std::net::SocketAddr>())
            .await
            .unwrap()
    });
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    App { url, gateway, http, woken, _media: media }
}

impl App {
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.answer(self.request("GET", path).bearer_auth(SECRET)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.answer(self.request("POST", path).bearer_auth(SECRET).json(body)).await
    }

    /// The JSON-RPC answer to `method`.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": "r-1", "method": method, "params": params});
        let answer = self.post("/", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let value = answer.json();
        assert_eq!((&value["jsonrpc"], &value["id"]), (&json!("2.0"), &json!("r-1")), "{value}");
        value
    }

    /// Times the belt was woken.
    pub fn rung(&self) -> usize {
        self.woken.load(Ordering::SeqCst)
    }

    pub async fn job(&self, id: &str) -> Option<Job> {
        store::office::job::get(&mut self.gateway.store.reader(), &JobId::from(id)).await.unwrap()
    }

    /// Takes what waits in the inbox, in order.
    async fn taken(&self) -> Vec<inbox::Taken> {
        self.gateway
            .store
            .write(|tx| {
                Box::pin(async move {
                    let taken =
                        inbox::claim(tx, Millis(NOW.0 + 1_000_000), Millis(NOW.0 + 1_000_001), 100).await?;
                    for row in &taken {
                        inbox::done(tx, &row.id, row.fence).await?;
                    }
                    Ok(taken)
                })
            })
            .await
            .unwrap()
    }

    /// The bodies of what waits in the inbox.
    pub async fn inbox(&self) -> Vec<Inbound> {
        self.taken().await.into_iter().map(|row| row.body.unwrap()).collect()
    }

    /// What waits in the inbox: channel, external id, whose news it is for, from whom, and the notice.
    pub async fn arrivals(&self) -> Vec<(String, String, String, String, JobNotice)> {
        let arrivals = self.taken().await.into_iter().map(|row| match row.body.unwrap() {
            Inbound::Job { to, peer, job, notice } => {
                assert_eq!((row.lane.as_str(), notice.job()), (job.as_str(), &job));
                (row.channel.0, row.external, to.0, peer.0, notice)
            }
            other => panic!("{other:?}"),
        });
        arrivals.collect()
    }
}

/// The contract's job.
pub fn job(id: &str) -> Value {
    json!({
        "job_id": id, "technician": "Frank", "customer_id": "789", "location": "Schillerstrasse 12, 10117 Berlin",
        "work_done": "Repaired the sink pipe", "hours_worked": 1.5,
        "materials_used": [{"name": "Gasket 10-B", "quantity": 1}], "status": "validated_by_technician"
    })
}

pub fn with(mut value: Value, field: &str, other: Value) -> Value {
    value[field] = other;
    value
}

/// A message as the field agent sends it.
pub fn from_field(message: &str, notice: &str, job: &Value) -> Value {
    json!({"message": {
        "messageId": message, "contextId": job["job_id"], "role": "ROLE_USER",
        "parts": [{"data": job, "mediaType": "application/json"}],
        "metadata": {EXTENSION: {"notice": notice, "from": "field", "id": message}}
    }})
}

/// A message as any other A2A client sends it.
pub fn from_stranger(message: &str, part: Value) -> Value {
    json!({"message": {"messageId": message, "role": "ROLE_USER", "parts": [part]}})
}

/// Bills `job` as the office agent would, once staff approved.
pub async fn invoice(db: &Db, job: &'static str) {
    use store::office::invoice::{Draft, create};
    let customer: domain::customer::Customer = serde_json::from_value(json!({
        "id": "789", "name": "Klaus Meier", "street": "Schillerstrasse 12", "postal_code": "10117", "city": "Berlin",
        "phone": "", "email": "", "contract": "Plus"
    }))
    .unwrap();
    let bill: domain::billing::Bill = serde_json::from_value(json!({
        "lines": [], "net_cents": 0, "vat_percent": 19.0, "vat_cents": 0, "gross_cents": 0, "currency": "EUR",
        "goodwill": false, "waived_cents": 0
    }))
    .unwrap();
    db.store
        .write(move |tx| {
            Box::pin(async move {
                let job = store::office::job::get(tx, &JobId::from(job)).await?.unwrap();
                let draft =
                    Draft { job: &job, customer: &customer, bill: &bill, approved_by: "Sabine", year: 2025 };
                create(tx, &draft, NOW).await.map(|invoice| assert!(invoice.is_some()))
            })
        })
        .await
        .unwrap();
}

/// The first thing that `look` finds, within ten seconds.
pub async fn eventually<T, Fut: Future<Output = Option<T>>>(look: impl Fn() -> Fut) -> T {
    for _ in 0..200 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came")
}
