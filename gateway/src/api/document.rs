//! The API's description: OpenAPI 3.1, made from the routes themselves. Adds what holds for all of them: how a caller
//! proves who they are, and a name for each operation that a generated client can use.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, ResponseBuilder,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::error::Problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plumbline",
        description = "Conversations of a plumbing firm: threads, people, approvals, jobs and invoices. Errors are \
                       `application/problem+json` (RFC 9457) with a stable `code`. Times are RFC 3339 in UTC, money is \
                       integer cents, ids are strings. Lists take `limit` and `cursor`. A browser logs in by \
                       `POST /console/login` with a token in the body.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    security(("bearer" = []), ("session" = [])),
    modifiers(&Proofs)
)]
pub(super) struct Document;

const PROBLEM: &str = "application/problem+json";

/// How a caller proves who they are.
struct Proofs;

impl Modify for Proofs {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("JWT".to_owned());
        bearer.description =
            Some("`plumbline token` mints one; so does a configured identity provider".to_owned());
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "__Host-plumbline",
            "a browser that logged in at /console/login",
        ));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// Names each operation by its method and path: names must be unique in a document, and functions of two files are not.
pub(super) fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(name(method, path));
        }
    }
}

/// What holds for every operation: refusals are problems, and some come from before its handler.
pub(super) fn say_how_all_refuse(document: &mut utoipa::openapi::OpenApi) {
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            let refusals = operation.responses.responses.iter_mut();
            for (_, refusal) in refusals.filter(|(status, _)| status.starts_with(['4', '5'])) {
                if let RefOr::T(refusal) = refusal
                    && let Some(content) = refusal.content.shift_remove("application/json")
                {
                    refusal.content.insert(PROBLEM.to_owned(), content);
                }
            }
            let mut common = vec![
                ("401", "`unauthorized`"),
                ("429", "`too_many_requests`: this address asks too often"),
                ("503", "`unavailable`: the database is away, or the time was over"),
            ];
            let mut parameters = operation.parameters.iter().flatten();
            if parameters.any(|of| matches!(of, RefOr::T(of) if of.name == "cursor")) {
                common.push(("400", "`invalid_query`, `invalid_cursor`"));
            }
            if operation.request_body.is_some() {
                common.push(("400", "`broken_body`: it broke off"));
                common.push(("413", "`payload_too_large`"));
                common.push(("415", "`unsupported_media_type`"));
            }
            for (status, why) in common {
                let content = Content::new(Some(Ref::from_schema_name("Problem")));
                let response = ResponseBuilder::new().description(why).content(PROBLEM, content).build();
                let known = &mut operation.responses.responses;
                known.entry(status.to_owned()).or_insert(RefOr::T(response));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let named = [("get", get), ("post", post), ("put", put), ("patch", patch), ("delete", delete)];
    named.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// `get_threads_id_messages` for `GET /api/comms/threads/{id}/messages`.
fn name(method: &str, path: &str) -> String {
    let below = path.strip_prefix("/api/comms").or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    let words = below.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_the_method_and_the_path() {
        assert_eq!(name("get", "/api/comms/threads/{id}/messages"), "get_threads_id_messages");
        assert_eq!(name("post", "/api/comms/threads/{id}/take-over"), "post_threads_id_take_over");
        assert_eq!(name("post", "/api/live/ticket"), "post_live_ticket");
    }
}
