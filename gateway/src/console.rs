//! The page where staff work: its shell under every address of the page, and its files under an address that changes with
//! them, so that a browser may keep those for good. Knows nothing of what the page shows, and answers nobody who asks who
//! they are: the page is the same for everybody, and empty.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;

use crate::{error::Problem, guard, staff::headers, state::Gateway};

/// The shell among the files.
const SHELL: &str = "index.html";
/// Where the shell is told the address of its files, and the modules that it needs at once.
const ASSETS: &str = "{{assets}}";
const MODULES: &str = "{{modules}}";
/// For as long as any browser keeps anything.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// Why files are no page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the console has no {SHELL}")]
    NoShell,
    #[error("the console's file {0} is of no kind that a browser is told: use html, css, js or svg")]
    Kind(String),
}

/// The page's files, ready to be served; cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<Files>);

struct Files {
    shell: Bytes,
    shell_tag: HeaderValue,
    /// Part of the address of the files.
    version: String,
    files: BTreeMap<String, (HeaderValue, Bytes)>,
}

impl Console {
    /// Of files by their path below the page's folder, with `/` between folders.
    ///
    /// # Errors
    /// [`Error`]: no shell, or a file of a kind that is not served.
    pub fn new(files: impl IntoIterator<Item = (String, Bytes)>) -> Result<Self, Error> {
        let mut found = BTreeMap::new();
        for (path, body) in files {
            let kind = kind(&path).ok_or_else(|| Error::Kind(path.clone()))?;
            found.insert(path, (HeaderValue::from_static(kind), body));
        }
        let (_, shell) = found.remove(SHELL).ok_or(Error::NoShell)?;
        let version = version(&shell, &found);
        let assets = format!("/console/assets/{version}");
        let modules: String = found
            .keys()
            .filter(|path| path.ends_with(".js") && *path != "js/boot.js")
            .map(|path| format!("<link rel=\"modulepreload\" href=\"{assets}/{path}\">\n    "))
            .collect();
        let shell = String::from_utf8_lossy(&shell).replace(MODULES, modules.trim_end());
        let shell = Bytes::from(shell.replace(ASSETS, &assets));
        let shell_tag =
            HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Ok(Self(Arc::new(Files { shell, shell_tag, version, files: found })))
    }

    /// The routes of the page, for [`crate::router::house_with`].
    pub fn routes(self, gateway: &Gateway) -> Router {
        Router::new()
            .route("/console", get(shell))
            .route("/console/", get(shell))
            // The same path takes the login's POST.
            .route("/console/login", get(shell))
            .route("/console/{*page}", get(shell))
            .route("/console/assets/{version}/{*path}", get(asset))
            .with_state(self)
            .layer(from_fn_with_state(gateway.clone(), headers::console))
    }
}

fn kind(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// Another one as soon as any file is another; nobody has to be unable to forge it.
fn version(shell: &Bytes, files: &BTreeMap<String, (HeaderValue, Bytes)>) -> String {
    let mut hash = DefaultHasher::new();
    shell.hash(&mut hash);
    for (path, (_, body)) in files {
        (path, body).hash(&mut hash);
    }
    format!("{:016x}", hash.finish())
}

async fn shell(State(Console(files)): State<Console>, headers: HeaderMap) -> Response {
    if headers.get(header::IF_NONE_MATCH) == Some(&files.shell_tag) {
        let kept = [(header::ETAG, files.shell_tag.clone())];
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let told = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::ETAG, files.shell_tag.clone()),
        // Always asked for: it names the files of this version.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (told, files.shell.clone()).into_response()
}

async fn asset(
    State(Console(files)): State<Console>,
    Path((version, path)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    // Files of two versions do not go together: a page of an earlier one is told to load anew.
    let found = files.files.get(&path).filter(|_| version == files.version);
    let (kind, body) = found.ok_or_else(|| guard::nothing_at(&uri))?;
    let told =
        [(header::CONTENT_TYPE, kind.clone()), (header::CACHE_CONTROL, HeaderValue::from_static(FOR_GOOD))];
    Ok((told, body.clone()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, body: &'static str) -> (String, Bytes) {
        (path.to_owned(), Bytes::from_static(body.as_bytes()))
    }

    fn shell_of(console: &Console) -> String {
        String::from_utf8(console.0.shell.to_vec()).unwrap()
    }

    #[test]
    fn the_shell_names_its_files_by_their_version() {
        let shell = file("index.html", "<a href=\"{{assets}}/a.css\">{{modules}}</a>");
        let files =
            |body| [shell.clone(), file("a.css", ""), file("js/main.js", body), file("js/boot.js", "")];
        let one = Console::new(files("1")).unwrap();
        let said = shell_of(&one);
        let version = &one.0.version;
        assert!(said.contains(&format!("<a href=\"/console/assets/{version}/a.css\">")), "{said}");
        assert!(
            said.contains(&format!("modulepreload\" href=\"/console/assets/{version}/js/main.js")),
            "{said}"
        );
        assert!(!said.contains("boot.js") && !said.contains("{{"), "{said}");
        let other = Console::new(files("2")).unwrap();
        assert_ne!(one.0.version, other.0.version);
        assert_ne!(one.0.shell_tag, other.0.shell_tag);
    }

    #[test]
    fn what_is_no_page_is_refused_with_its_name() {
        assert_eq!(Console::new([]).err().unwrap().to_string(), "the console has no index.html");
        let odd = Console::new([file("index.html", ""), file("js/notes.txt", "")]).err().unwrap();
        assert!(odd.to_string().contains("js/notes.txt"), "{odd}");
    }
}
