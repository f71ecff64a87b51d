//! Addresses and keys as people write them.

use async_openai::config::Config as _;
use reqwest::header::AUTHORIZATION;

use super::*;

fn config(base: Option<&str>, key: Option<&str>) -> Config {
    Config { base_url: base.map(str::to_owned), api_key: key.map(Into::into), ..Config::default() }
}

#[test]
fn an_address_is_taken_as_people_write_it() {
    let cases = [
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions", "localhost:11434"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions", "localhost:11434"),
        (" http://host/v1/chat/completions ", "http://host/v1/chat/completions", "host"),
        ("https://host", "https://host/chat/completions", "host"),
        ("http://user:secret@host/v1", "http://user:secret@host/v1/chat/completions", "host"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions", "[::1]:8000"),
    ];
    for (base, url, host) in cases {
        let endpoint = Endpoint::resolve(&config(Some(base), None)).unwrap();
        assert_eq!(endpoint.url("/chat/completions"), url, "{base}");
        assert_eq!(endpoint.host, host, "{base}");
        assert!(endpoint.headers().is_empty());
    }
}

#[test]
fn a_query_travels_apart_from_the_path() {
    let endpoint = Endpoint::resolve(&config(Some("https://host/v1?api-version=preview"), None)).unwrap();
    assert_eq!(endpoint.url("/chat/completions"), "https://host/v1/chat/completions");
    assert_eq!(endpoint.query(), [("api-version", "preview")]);
}

#[test]
fn what_is_no_address_is_named_with_its_setting() {
    for (base, named) in [
        ("localhost:11434/v1", "localhost:11434/v1"),
        ("ftp://user:secret@host/v1", "ftp://host/v1"),
        ("http://", "http://"),
    ] {
        let error = Endpoint::resolve(&config(Some(base), None)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("OPENAI_BASE_URL is {named:?}: ")), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn a_key_is_trimmed_hidden_and_checked() {
    let endpoint = Endpoint::resolve(&config(None, Some(" sk-testing\n"))).unwrap();
    let header = endpoint.headers().remove(AUTHORIZATION).unwrap();
    assert_eq!(header.as_bytes(), b"Bearer sk-testing");
    assert!(!format!("{endpoint:?}").contains("sk-testing"));
    assert_eq!(endpoint.redacted("bad key sk-testing!"), "bad key ***!");
    for key in ["sk-\ntest", "schlüssel"] {
        let error = Endpoint::resolve(&config(None, Some(key))).unwrap_err();
        assert_eq!(error, ConfigError::Key { setting: "OPENAI_API_KEY" });
        assert!(!error.to_string().contains(key));
    }
}

#[test]
fn only_the_providers_own_address_demands_a_key() {
    for key in [None, Some(""), Some("  ")] {
        let error = Endpoint::resolve(&config(None, key)).unwrap_err().to_string();
        assert_eq!(
            error,
            "OPENAI_API_KEY is required for api.openai.com: set it, or name another server in OPENAI_BASE_URL"
        );
        assert!(!Endpoint::resolve(&config(Some("http://h/v1"), key)).unwrap().has_key());
    }
}
