//! An identity provider of somebody else's: its keys, its tokens, its people, and what must not be believed of it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use plumbline_gateway::staff::{Config, ProviderConfig};
use serde_json::{Value, json};

use crate::app::{self, Answer, App, Db, on_each};

const LEGACY: &str = "the-shared-secret-of-a-provider-0123456789";

// Keys of this test alone.

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_der(include_bytes!("../fixtures/keys/rsa.der"))
}

fn p256() -> EncodingKey {
    EncodingKey::from_ec_der(include_bytes!("../fixtures/keys/p256.der"))
}

fn ed25519() -> EncodingKey {
    EncodingKey::from_ed_der(include_bytes!("../fixtures/keys/ed25519.der"))
}

/// `key` as it is published under `kid`.
fn published(key: &EncodingKey, algorithm: Algorithm, kid: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    serde_json::to_value(jwk).unwrap()
}

#[derive(Clone, Default)]
struct Published {
    keys: Arc<Mutex<Vec<Value>>>,
    fetched: Arc<AtomicUsize>,
    broken: Arc<Mutex<bool>>,
}

/// A provider that publishes keys, and the house that believes it.
struct Provider {
    issuer: String,
    published: Published,
    app: App,
}

async fn jwks(State(published): State<Published>) -> Result<Json<Value>, StatusCode> {
    published.fetched.fetch_add(1, Ordering::SeqCst);
    if *published.broken.lock().unwrap() {
        return Err(StatusCode::BAD_GATEWAY);
    }
    Ok(Json(json!({ "keys": *published.keys.lock().unwrap() })))
}

async fn provider(db: &Db, keys: Vec<Value>, secret: &str) -> Provider {
    let published = Published { keys: Arc::new(Mutex::new(keys)), ..Published::default() };
    let routes =
        Router::new().route("/auth/v1/.well-known/jwks.json", get(jwks)).with_state(published.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}/auth/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let config =
        ProviderConfig { issuer: issuer.clone(), secret: secret.into(), ..ProviderConfig::default() };
    let app = app::house_of(db, Config { provider: config, ..Config::default() }).await;
    Provider { issuer, published, app }
}

impl Provider {
    /// What Supabase puts into a token.
    fn claims(&self, subject: &str, role: Option<&str>) -> Value {
        let now = app::NOW.0 / 1_000;
        json!({
            "iss": self.issuer, "aud": "authenticated", "sub": subject, "email": "ana@firm.example", "role": "authenticated",
            "iat": now, "exp": now + 3_600, "session_id": "s-1", "aal": "aal1", "is_anonymous": false,
            "app_metadata": {"provider": "email", "plumbline_role": role}, "user_metadata": {"full_name": "Ana"}
        })
    }

    fn token(&self, key: &EncodingKey, algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
        let mut header = Header::new(algorithm);
        header.kid = kid.map(ToOwned::to_owned);
        encode(&header, claims, key).unwrap()
    }

    async fn me(&self, token: &str) -> Answer {
        self.app.answer(self.app.request("GET", "/api/comms/me").bearer_auth(token)).await
    }

    async fn is_refused(&self, token: &str, why: &str) {
        let answer = self.me(token).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("unauthorized")), "{why}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(why), "{why}: {}", answer.text);
    }

    fn fetched(&self) -> usize {
        self.published.fetched.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn its_people_come_in_with_each_kind_of_key() {
    on_each("provider_keys", |db| async move {
        let keys = [
            (rsa(), Algorithm::RS256, "r"),
            (p256(), Algorithm::ES256, "e"),
            (ed25519(), Algorithm::EdDSA, "d"),
        ];
        let mut set: Vec<Value> = keys.iter().map(|(key, alg, kid)| published(key, *alg, kid)).collect();
        // Kinds that nobody knows take nothing away.
        set.push(json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "q", "pub": "AAAA"}));
        set.push(json!({"kty": "RSA"}));
        let house = provider(&db, set, "").await;
        for (key, algorithm, kid) in &keys {
            let claims = house.claims(&format!("user-{kid}"), Some("dispatcher"));
            let me = house.me(&house.token(key, *algorithm, Some(kid), &claims)).await;
            assert_eq!((me.status, &me.json()["role"]), (200, &json!("dispatcher")), "{kid}: {}", me.text);
            assert_eq!(me.json()["name"], "Ana");
        }
        assert_eq!(house.fetched(), 1, "keys are kept");
        let listed = house.app.as_user(domain::staff::ConsoleRole::Owner).await.get("/api/comms/users").await;
        let theirs =
            listed.json()["items"].as_array().unwrap().iter().filter(|u| u["issuer"] == house.issuer).count();
        assert_eq!(theirs, 3, "{}", listed.text);
    })
    .await;
}

#[tokio::test]
async fn what_it_did_not_sign_is_not_believed() {
    on_each("provider_forged", |db| async move {
        let symmetric = json!({"kty": "oct", "kid": "o", "alg": "HS256", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"});
        let mut encrypts = published(&ed25519(), Algorithm::EdDSA, "enc");
        encrypts["use"] = json!("enc");
        let public = published(&rsa(), Algorithm::RS256, "r");
        let modulus = public["n"].as_str().unwrap().to_owned();
        let house = provider(&db, vec![public, symmetric, encrypts], "").await;
        let good = house.claims("ana", Some("owner"));
        assert_eq!(house.me(&house.token(&rsa(), Algorithm::RS256, Some("r"), &good)).await.status, 200);

        // The public key taken for a shared secret, and a secret that everybody can fetch.
        for secret in [modulus.as_bytes(), b"secret-secret-secret"] {
            for kid in ["r", "o"] {
                let forged =
                    house.token(&EncodingKey::from_secret(secret), Algorithm::HS256, Some(kid), &good);
                house.is_refused(&forged, "method").await;
            }
        }
        let other = house.token(&p256(), Algorithm::ES256, Some("r"), &good);
        house.is_refused(&other, "method").await;
        let encrypting = house.token(&ed25519(), Algorithm::EdDSA, Some("enc"), &good);
        house.is_refused(&encrypting, "not known").await;
        let good_token = house.token(&rsa(), Algorithm::RS256, Some("r"), &good);
        let (rest, _) = good_token.rsplit_once('.').unwrap();
        house.is_refused(&format!("{rest}.AAAA"), "signature").await;

        // The house's own secret signs for the house alone.
        let own = EncodingKey::from_secret(crate::staff::JWT_SECRET.as_bytes());
        house.is_refused(&house.token(&own, Algorithm::HS256, None, &good), "method").await;
        let mut elsewhere = good.clone();
        elsewhere["iss"] = json!("https://evil.example/auth/v1");
        house.is_refused(&house.token(&rsa(), Algorithm::RS256, Some("r"), &elsewhere), "method").await;

        let now = app::NOW.0 / 1_000;
        let cases: [(&str, Value, &str); 7] = [
            ("aud", json!("somebody-else"), "aud"),
            ("aud", json!(["a", "b"]), "aud"),
            ("exp", json!(now - 31), "expired"),
            ("exp", json!("later"), "`exp`"),
            ("nbf", json!(now + 120), "not good yet"),
            ("sub", json!(""), "sub"),
            ("sub", json!("x".repeat(300)), "sub"),
        ];
        for (claim, value, why) in cases {
            let mut claims = good.clone();
            claims[claim] = value;
            house.is_refused(&house.token(&rsa(), Algorithm::RS256, Some("r"), &claims), why).await;
        }
        let mut among = good.clone();
        among["aud"] = json!(["else", "authenticated"]);
        assert_eq!(house.me(&house.token(&rsa(), Algorithm::RS256, Some("r"), &among)).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn its_keys_change_and_strangers_cannot_make_us_ask_all_day() {
    on_each("provider_rotation", |db| async move {
        let house = provider(&db, vec![published(&rsa(), Algorithm::RS256, "old")], "").await;
        let claims = house.claims("ana", Some("staff"));
        let old = house.token(&rsa(), Algorithm::RS256, Some("old"), &claims);
        let new = house.token(&p256(), Algorithm::ES256, Some("new"), &claims);
        assert_eq!(house.me(&old).await.status, 200);
        db.clock.advance(Duration::from_secs(60));
        *house.published.keys.lock().unwrap() = vec![published(&p256(), Algorithm::ES256, "new")];
        assert_eq!(house.me(&old).await.status, 200, "what is known is good for a while");
        assert_eq!(house.me(&new).await.status, 200, "a key that is not known is looked up");
        assert_eq!(house.fetched(), 2);
        house.is_refused(&old, "not known").await;
        for n in 0..20 {
            let kid = format!("made-up-{n}");
            house.is_refused(&house.token(&p256(), Algorithm::ES256, Some(&kid), &claims), "not known").await;
        }
        assert_eq!(house.fetched(), 2, "made-up names are not looked up one by one");

        // A provider that is away takes nobody's key away.
        *house.published.broken.lock().unwrap() = true;
        db.clock.advance(Duration::from_secs(700));
        assert_eq!(house.me(&new).await.status, 200);
        assert_eq!(house.fetched(), 3);
    })
    .await;
}

#[tokio::test]
async fn without_keys_nobody_is_called_a_stranger() {
    on_each("provider_away", |db| async move {
        let house = provider(&db, vec![published(&rsa(), Algorithm::RS256, "r")], "").await;
        *house.published.broken.lock().unwrap() = true;
        let token = house.token(&rsa(), Algorithm::RS256, Some("r"), &house.claims("ana", Some("staff")));
        let answer = house.me(&token).await;
        assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("unavailable")), "{}", answer.text);
        *house.published.broken.lock().unwrap() = false;
        db.clock.advance(Duration::from_secs(31));
        assert_eq!(house.me(&token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_role_is_the_providers_or_the_houses_and_leavers_stay_out() {
    on_each("provider_roles", |db| async move {
        let house = provider(&db, vec![published(&rsa(), Algorithm::RS256, "r")], "").await;
        let token = |role| house.token(&rsa(), Algorithm::RS256, Some("r"), &house.claims("ana", role));
        let none = house.me(&token(None)).await;
        assert_eq!((none.status, &none.json()["code"]), (403, &json!("forbidden")));
        assert!(
            none.json()["detail"].as_str().unwrap().contains("app_metadata.plumbline_role"),
            "{}",
            none.text
        );
        assert_eq!(house.me(&token(Some("superuser"))).await.status, 403);
        let staff = house.me(&token(Some("staff"))).await;
        assert_eq!(staff.json()["role"], "staff");
        assert_eq!(house.me(&token(None)).await.json()["role"], "staff", "the house remembers");
        assert_eq!(house.me(&token(Some("admin"))).await.json()["role"], "admin");

        let owner = house.app.as_user(domain::staff::ConsoleRole::Owner).await;
        let path = format!("/api/comms/users/{}", staff.json()["id"].as_str().unwrap());
        let refused = owner.patch(&path, &json!({"role": "owner"})).await;
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("role_from_provider")));
        assert_eq!(owner.delete(&path).await.status, 204);
        house.is_refused(&token(Some("admin")), "no longer counts").await;
        house.is_refused(&token(Some("owner")), "no longer counts").await;
    })
    .await;
}

#[tokio::test]
async fn a_shared_secret_counts_where_one_is_configured() {
    on_each("provider_legacy", |db| async move {
        let house = provider(&db, vec![published(&rsa(), Algorithm::RS256, "r")], LEGACY).await;
        let claims = house.claims("ana", Some("staff"));
        let signed = |secret: &str, algorithm| {
            house.token(&EncodingKey::from_secret(secret.as_bytes()), algorithm, None, &claims)
        };
        let me = house.me(&signed(LEGACY, Algorithm::HS256)).await;
        assert_eq!((me.status, &me.json()["name"]), (200, &json!("Ana")), "{}", me.text);
        house.is_refused(&signed("another-secret-0123456789", Algorithm::HS256), "signature").await;
        house.is_refused(&signed(LEGACY, Algorithm::HS512), "method").await;
        assert_eq!(house.fetched(), 0, "a secret needs no keys");
        assert_eq!(house.me(&house.token(&rsa(), Algorithm::RS256, Some("r"), &claims)).await.status, 200);
    })
    .await;
}
