//! The door of the API from outside: strangers, tokens, browsers that logged in, other sites, leavers.

use std::time::Duration;

use domain::staff::ConsoleRole;
use plumbline_gateway::staff::{Config, login};
use serde_json::json;
use store::user::Person;

use crate::app::{self, Answer, App, on_each};

const HOUR: Duration = Duration::from_secs(3_600);

impl App {
    /// A login link's token for somebody of that role.
    async fn login_token(&self, name: &str, role: ConsoleRole) -> String {
        let (ids, now) = (self.gateway.ids.clone(), self.gateway.clock.now());
        let person = Person::local(name, role);
        let invited = self.gateway.store.write(move |tx| {
            Box::pin(async move { login::invite(tx, &ids, &Config::default(), &person, "house", now).await })
        });
        invited.await.unwrap().1
    }

    async fn log_in(&self, token: &str) -> Answer {
        self.answer(self.request("POST", "/console/login").json(&json!({ "token": token }))).await
    }

    /// The cookie of a browser that logged in, as it is sent back.
    async fn browser(&self, name: &str, role: ConsoleRole) -> String {
        let token = self.login_token(name, role).await;
        let answer = self.log_in(&token).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        cookie(&answer)
    }

    async fn by_cookie(&self, method: &str, path: &str, cookie: &str, more: &[(&str, &str)]) -> Answer {
        let mut request = self.request(method, path).header("cookie", cookie);
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        self.answer(request).await
    }
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn is_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (status, "application/problem+json"),
        "{}",
        answer.text
    );
    assert_eq!(answer.json()["code"], code, "{}", answer.text);
}

#[tokio::test]
async fn a_stranger_gets_nothing_and_learns_nothing() {
    on_each("door_stranger", |db| async move {
        let app = app::house(&db).await;
        for (method, path) in [
            ("GET", "/api/comms/me"),
            ("GET", "/api/comms/users"),
            ("POST", "/api/comms/logout"),
            ("POST", "/api/live/ticket"),
            ("GET", "/api/no/such/thing"),
            ("DELETE", "/api"),
            ("GET", "/api/"),
        ] {
            let answer = app.answer(app.request(method, path)).await;
            if path == "/api" || path == "/api/" {
                assert!(matches!(answer.status, 401 | 404), "{method} {path}: {}", answer.text);
                continue;
            }
            is_refused(&answer, 401, "unauthorized");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        }
        for header in ["Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "bearer \u{fffd}", "token x"] {
            let answer =
                app.answer(app.request("GET", "/api/comms/me").header("authorization", header)).await;
            is_refused(&answer, 401, "unauthorized");
        }
        let answer = app.answer(app.request("POST", "/api/comms/webhooks/mock")).await;
        is_refused(&answer, 404, "not_found");
        let known = app.as_user(ConsoleRole::Auditor).await;
        is_refused(&known.get("/api/no/such/thing").await, 404, "not_found");
        is_refused(&known.delete("/api/comms/me").await, 405, "method_not_allowed");
        for open in ["/health", "/queue/status", "/openapi.json", "/docs/"] {
            assert_eq!(app.answer(app.request("GET", open)).await.status, 200, "{open}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_says_who_and_what_and_is_given_back_by_logging_out() {
    on_each("door_token", |db| async move {
        let app = app::house(&db).await;
        let ana = app.as_named("Ana", ConsoleRole::Dispatcher).await;
        let me = ana.get("/api/comms/me").await;
        assert_eq!(me.status, 200, "{}", me.text);
        assert_eq!((&me.json()["name"], &me.json()["role"]), (&json!("Ana"), &json!("dispatcher")));
        assert_eq!((&me.json()["via"], &me.json()["id"]), (&json!("token"), &json!(ana.id)));
        assert!(me.json()["permissions"].as_array().unwrap().contains(&json!("job.approve")));
        assert_eq!(me.header("cache-control"), "no-store");
        assert_eq!(me.header("x-content-type-options"), "nosniff");
        assert!(me.header("content-security-policy").contains("frame-ancestors 'none'"));

        // Two tokens of one name are one person, and a lowered role counts at once for both.
        let auditor = app.as_named("ana", ConsoleRole::Auditor).await;
        assert_eq!(auditor.id, ana.id);
        assert_eq!(auditor.get("/api/comms/me").await.json()["role"], "auditor");
        assert_eq!(ana.get("/api/comms/me").await.json()["role"], "auditor");

        assert_eq!(ana.post("/api/comms/logout", &json!({})).await.status, 204);
        is_refused(&ana.get("/api/comms/me").await, 401, "unauthorized");
        assert_eq!(auditor.get("/api/comms/me").await.status, 200);
        db.clock.advance(13 * HOUR);
        is_refused(&auditor.get("/api/comms/me").await, 401, "unauthorized");
    })
    .await;
}

#[tokio::test]
async fn a_login_link_opens_a_session_once() {
    on_each("door_login", |db| async move {
        let app = app::house(&db).await;
        let token = app.login_token("Sabine", ConsoleRole::Owner).await;
        let login = app.log_in(&token).await;
        assert_eq!((login.status, &login.json()["via"]), (200, &json!("session")), "{}", login.text);
        let set = login.header("set-cookie").to_owned();
        assert!(set.starts_with("__Host-plumbline="), "{set}");
        for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
            assert!(set.split("; ").any(|part| part == attribute), "{attribute}: {set}");
        }
        assert!(!set.contains(&token), "the session is not the link");
        is_refused(&app.log_in(&token).await, 401, "unauthorized");
        let first = cookie(&login);
        assert_eq!(app.by_cookie("GET", "/api/comms/me", &first, &[]).await.json()["name"], "Sabine");

        // A second login in the same browser ends the first session.
        let again = app.login_token("Sabine", ConsoleRole::Owner).await;
        let request = app.request("POST", "/console/login").header("cookie", &first);
        let second = cookie(&app.answer(request.json(&json!({ "token": again }))).await);
        assert_ne!(first, second);
        is_refused(&app.by_cookie("GET", "/api/comms/me", &first, &[]).await, 401, "unauthorized");
        assert_eq!(app.by_cookie("GET", "/api/comms/me", &second, &[]).await.status, 200);

        // A link has its time.
        let late = app.login_token("Sabine", ConsoleRole::Owner).await;
        db.clock.advance(HOUR);
        is_refused(&app.log_in(&late).await, 401, "unauthorized");
        // A bearer token logs in too, and its session ends with it.
        let bearer = app.as_named("Sabine", ConsoleRole::Staff).await;
        let session = app.log_in(&bearer.token).await;
        assert_eq!((session.status, &session.json()["role"]), (200, &json!("staff")), "{}", session.text);
        assert!(session.header("set-cookie").contains("Max-Age=43200;"), "{}", session.header("set-cookie"));
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_logged_out_when_it_rests_and_after_a_week() {
    on_each("door_idle", |db| async move {
        let app = app::house(&db).await;
        let (resting, busy) =
            (app.browser("Ana", ConsoleRole::Staff).await, app.browser("Ana", ConsoleRole::Staff).await);
        for _ in 0..15 {
            db.clock.advance(11 * HOUR);
            assert_eq!(app.by_cookie("GET", "/api/comms/me", &busy, &[]).await.status, 200);
        }
        is_refused(&app.by_cookie("GET", "/api/comms/me", &resting, &[]).await, 401, "unauthorized");
        db.clock.advance(4 * HOUR);
        is_refused(&app.by_cookie("GET", "/api/comms/me", &busy, &[]).await, 401, "unauthorized");
    })
    .await;
}

#[tokio::test]
async fn another_site_makes_a_browser_do_nothing() {
    on_each("door_sites", |db| async move {
        let app = app::house(&db).await;
        let browser = app.browser("Ana", ConsoleRole::Staff).await;
        let ticket = |more: Vec<(&'static str, String)>| {
            let (app, browser) = (&app, &browser);
            async move {
                let more: Vec<(&str, &str)> = more.iter().map(|(n, v)| (*n, v.as_str())).collect();
                app.by_cookie("POST", "/api/live/ticket", browser, &more).await
            }
        };
        for more in [
            vec![],
            vec![("sec-fetch-site", "cross-site".to_owned())],
            vec![("sec-fetch-site", "same-site".to_owned())],
            vec![("sec-fetch-site", "none".to_owned())],
            vec![("origin", "https://evil.example".to_owned())],
            vec![("origin", "null".to_owned()), ("x-plumbline", "1".to_owned())],
        ] {
            is_refused(&ticket(more).await, 403, "cross_site");
        }
        for more in [
            vec![("sec-fetch-site", "same-origin".to_owned())],
            vec![("origin", app.url.clone())],
            vec![("x-plumbline", "1".to_owned())],
        ] {
            let answer = ticket(more).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            assert_eq!(answer.json()["ticket"].as_str().unwrap().len(), 32);
        }
        let reads =
            app.by_cookie("GET", "/api/comms/me", &browser, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(reads.status, 200, "a read changes nothing, and nobody else sees its answer");
        assert_eq!(reads.header("access-control-allow-origin"), "");

        // A token is not sent by browsers of themselves.
        let bearer = app.as_user(ConsoleRole::Staff).await;
        let request = bearer.request("POST", "/api/live/ticket").header("origin", "https://other.example");
        assert_eq!(app.answer(request).await.status, 201);
        let token = app.login_token("Ana", ConsoleRole::Staff).await;
        let request = app.request("POST", "/console/login").header("sec-fetch-site", "cross-site");
        is_refused(&app.answer(request.json(&json!({ "token": token }))).await, 403, "cross_site");
        assert_eq!(app.log_in(&token).await.status, 200, "the refusal used nothing up");
    })
    .await;
}

#[tokio::test]
async fn logins_that_fail_have_to_wait() {
    on_each("door_limit", |db| async move {
        let app = app::house(&db).await;
        let good = app.login_token("Ana", ConsoleRole::Staff).await;
        for _ in 0..5 {
            is_refused(&app.log_in("0123456789abcdef").await, 401, "unauthorized");
        }
        let refused = app.log_in(&good).await;
        is_refused(&refused, 429, "too_many_requests");
        assert_eq!(refused.header("retry-after"), "300");
        db.clock.advance(Duration::from_secs(300));
        assert_eq!(app.log_in(&good).await.status, 200);
        for body in ["", "{}", "[]", "{\"token\": 1}", "{\"token\": \"x\", \"more\": 1}"] {
            let request = app.request("POST", "/console/login").header("content-type", "application/json");
            is_refused(&app.answer(request.body(body)).await, 422, "malformed_json");
        }
        let form = app.request("POST", "/console/login").header("content-type", "text/plain").body("token=x");
        is_refused(&app.answer(form).await, 415, "unsupported_media_type");
    })
    .await;
}

#[tokio::test]
async fn one_sees_where_one_is_logged_in_and_ends_it() {
    on_each("door_sessions", |db| async move {
        let app = app::house(&db).await;
        let (here, there) =
            (app.browser("Ana", ConsoleRole::Staff).await, app.browser("Ana", ConsoleRole::Staff).await);
        let other = app.browser("Ben", ConsoleRole::Staff).await;
        let own = [("sec-fetch-site", "same-origin")];
        let listed = app.by_cookie("GET", "/api/comms/me/sessions", &here, &[]).await.json();
        let listed = listed["items"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 2);
        let away = listed.iter().find(|session| session["current"] == false).unwrap()["id"].clone();
        let path = format!("/api/comms/me/sessions/{}", away.as_str().unwrap());
        is_refused(&app.by_cookie("DELETE", &path, &other, &own).await, 404, "not_found");
        assert_eq!(app.by_cookie("DELETE", &path, &here, &own).await.status, 204);
        is_refused(&app.by_cookie("DELETE", &path, &here, &own).await, 404, "not_found");
        is_refused(&app.by_cookie("GET", "/api/comms/me", &there, &[]).await, 401, "unauthorized");
        let bye = app.by_cookie("POST", "/api/comms/logout", &here, &own).await;
        assert_eq!(bye.status, 204);
        assert!(bye.header("set-cookie").contains("Max-Age=0"), "{}", bye.header("set-cookie"));
        is_refused(&app.by_cookie("GET", "/api/comms/me", &here, &[]).await, 401, "unauthorized");
        assert_eq!(app.by_cookie("GET", "/api/comms/me", &other, &[]).await.status, 200);
    })
    .await;
}
