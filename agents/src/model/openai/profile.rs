//! What servers that speak "the OpenAI protocol" do differently, as data. Never asks a server what it can.

use serde::Deserialize;

use super::{
    config::{Config, Provider},
    endpoint::Endpoint,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    OpenAi,
    Gemini,
    Mistral,
    Groq,
    /// Any other server: only what all of them take.
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SystemRole {
    System,
    Developer,
}

impl SystemRole {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
        }
    }
}

/// The parameter that limits a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLimit {
    MaxTokens,
    MaxCompletionTokens,
}

impl TokenLimit {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }
}

/// How a tool's schema is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// OpenAI's strict subset where the schema allows it.
    Strict,
    /// The OpenAPI subset of Gemini's function declarations.
    Gemini,
    Plain,
}

/// How much of a server's own message it is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Echo {
    /// All of it: signatures and other opaque fields come back as they came.
    Verbatim,
    /// The documented fields alone, for servers that refuse a field they do not know.
    Standard,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: ProfileName,
    pub system_role: SystemRole,
    pub token_limit: TokenLimit,
    /// Added to a reply's limit, because hidden thinking is counted against it.
    pub thinking_tokens: u32,
    pub dialect: Dialect,
    pub echo: Echo,
    /// A tool call without a thought signature is refused: one that came from elsewhere gets the documented stand-in.
    pub signatures: bool,
    /// A tool's result names the tool.
    pub result_names: bool,
    /// Call ids must be nine letters or digits.
    pub short_call_ids: bool,
    /// A user's message may follow a tool's result directly.
    pub user_after_tool: bool,
    /// `stream_options.include_usage` is known.
    pub stream_usage: bool,
    pub images: bool,
    /// Models whose names begin so take no `temperature`.
    pub fixed_temperature: Vec<String>,
}

/// Single habits from the configuration; what is unset stays as the profile has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    pub system_role: Option<SystemRole>,
    pub token_limit: Option<TokenLimit>,
    pub thinking_tokens: Option<u32>,
    pub dialect: Option<Dialect>,
    pub echo: Option<Echo>,
    pub signatures: Option<bool>,
    pub result_names: Option<bool>,
    pub short_call_ids: Option<bool>,
    pub user_after_tool: Option<bool>,
    pub stream_usage: Option<bool>,
    pub images: Option<bool>,
    pub fixed_temperature: Option<Vec<String>>,
}

impl Profile {
    #[must_use]
    pub fn named(name: ProfileName) -> Self {
        let plain = Self {
            name,
            system_role: SystemRole::System,
            token_limit: TokenLimit::MaxTokens,
            thinking_tokens: 0,
            dialect: Dialect::Plain,
            echo: Echo::Verbatim,
            signatures: false,
            result_names: true,
            short_call_ids: false,
            user_after_tool: true,
            stream_usage: true,
            images: true,
            fixed_temperature: Vec::new(),
        };
        match name {
            ProfileName::Plain => plain,
            // Reasoning models take no temperature: platform.openai.com/docs/guides/reasoning.
            ProfileName::OpenAi => Self {
                system_role: SystemRole::Developer,
                token_limit: TokenLimit::MaxCompletionTokens,
                thinking_tokens: 4_096,
                dialect: Dialect::Strict,
                echo: Echo::Standard,
                result_names: false,
                fixed_temperature: ["o1", "o3", "o4", "gpt-5"].map(str::to_owned).to_vec(),
                ..plain
            },
            // ai.google.dev/gemini-api/docs/thought-signatures and /openai.
            ProfileName::Gemini => {
                Self { thinking_tokens: 4_096, dialect: Dialect::Gemini, signatures: true, ..plain }
            }
            ProfileName::Mistral => Self {
                echo: Echo::Standard,
                short_call_ids: true,
                user_after_tool: false,
                stream_usage: false,
                ..plain
            },
            // Refuses fields of its own replies: "property 'reasoning' is unsupported".
            ProfileName::Groq => Self { echo: Echo::Standard, ..plain },
        }
    }

    /// The habits of the server at `endpoint` when `model` is asked: the address tells some, the model's family others,
    /// and the configuration has the last word.
    pub(super) fn resolve(config: &Config, endpoint: &Endpoint, model: &str) -> Self {
        let name = config.profile.unwrap_or_else(|| by_host(config.provider, &endpoint.host));
        Self::named(name).of_family(model).with(&config.habits)
    }

    /// Mistral's models keep their rules wherever they are served: the chat template enforces them.
    fn of_family(self, model: &str) -> Self {
        const FAMILY: [&str; 7] =
            ["mistral", "ministral", "mixtral", "magistral", "devstral", "codestral", "pixtral"];
        let model = model.to_lowercase();
        if self.name == ProfileName::Plain && FAMILY.iter().any(|name| model.contains(name)) {
            return Self { short_call_ids: true, user_after_tool: false, ..self };
        }
        self
    }

    fn with(self, habits: &Overrides) -> Self {
        Self {
            name: self.name,
            system_role: habits.system_role.unwrap_or(self.system_role),
            token_limit: habits.token_limit.unwrap_or(self.token_limit),
            thinking_tokens: habits.thinking_tokens.unwrap_or(self.thinking_tokens),
            dialect: habits.dialect.unwrap_or(self.dialect),
            echo: habits.echo.unwrap_or(self.echo),
            signatures: habits.signatures.unwrap_or(self.signatures),
            result_names: habits.result_names.unwrap_or(self.result_names),
            short_call_ids: habits.short_call_ids.unwrap_or(self.short_call_ids),
            user_after_tool: habits.user_after_tool.unwrap_or(self.user_after_tool),
            stream_usage: habits.stream_usage.unwrap_or(self.stream_usage),
            images: habits.images.unwrap_or(self.images),
            fixed_temperature: habits.fixed_temperature.clone().unwrap_or(self.fixed_temperature),
        }
    }

    #[must_use]
    pub fn takes_temperature(&self, model: &str) -> bool {
        !self.fixed_temperature.iter().any(|prefix| model.starts_with(prefix.as_str()))
    }
}

fn by_host(provider: Provider, host: &str) -> ProfileName {
    let name = host.split(':').next().unwrap_or_default();
    let of =
        |domain: &str| name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    if of("openai.com") || of("openai.azure.com") {
        ProfileName::OpenAi
    } else if provider == Provider::Gemini || of("googleapis.com") {
        ProfileName::Gemini
    } else if of("mistral.ai") {
        ProfileName::Mistral
    } else if of("groq.com") {
        ProfileName::Groq
    } else {
        ProfileName::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(provider: Provider, base: &str, profile: Option<ProfileName>, habits: Overrides) -> Profile {
        let base_url = Some(base.to_owned());
        let api_key = Some("k".into());
        let config = Config { provider, base_url, api_key, profile, habits, ..Config::default() };
        Profile::resolve(&config, &Endpoint::resolve(&config).unwrap(), "m")
    }

    #[test]
    fn the_address_tells_the_profile_and_the_configuration_may_know_better() {
        let none = Overrides::default;
        let cases = [
            (Provider::OpenAi, "https://api.openai.com/v1", None, ProfileName::OpenAi),
            (Provider::OpenAi, "https://firm.openai.azure.com/openai/v1", None, ProfileName::OpenAi),
            (Provider::OpenAi, "https://notopenai.com/v1", None, ProfileName::Plain),
            (
                Provider::OpenAi,
                "https://generativelanguage.googleapis.com/v1beta/openai",
                None,
                ProfileName::Gemini,
            ),
            (Provider::Gemini, "http://127.0.0.1:9/v1", None, ProfileName::Gemini),
            (Provider::OpenAi, "https://api.mistral.ai/v1", None, ProfileName::Mistral),
            (Provider::OpenAi, "https://api.groq.com/openai/v1", None, ProfileName::Groq),
            (Provider::OpenAi, "http://127.0.0.1:11434/v1", None, ProfileName::Plain),
            (Provider::OpenAi, "http://127.0.0.1:1/v1", Some(ProfileName::OpenAi), ProfileName::OpenAi),
        ];
        for (provider, base, given, expected) in cases {
            assert_eq!(resolved(provider, base, given, none()).name, expected, "{base}");
        }
        let habits: Overrides = serde_json::from_value(serde_json::json!({
            "system_role": "developer", "token_limit": "max_completion_tokens", "images": false
        }))
        .unwrap();
        let profile = resolved(Provider::OpenAi, "http://h/v1", None, habits);
        assert_eq!(profile.system_role, SystemRole::Developer);
        assert_eq!(profile.token_limit, TokenLimit::MaxCompletionTokens);
        assert!(!profile.images && profile.result_names);
    }

    #[test]
    fn a_family_keeps_its_rules_on_any_server() {
        let config = Config { base_url: Some("http://h/v1".to_owned()), ..Config::default() };
        let endpoint = Endpoint::resolve(&config).unwrap();
        let devstral = Profile::resolve(&config, &endpoint, "mistralai/Devstral-Small-2");
        assert!(devstral.short_call_ids && !devstral.user_after_tool && devstral.stream_usage);
        assert!(!Profile::resolve(&config, &endpoint, "qwen3").short_call_ids);
    }

    #[test]
    fn reasoning_models_of_openai_get_no_temperature() {
        let profile = Profile::named(ProfileName::OpenAi);
        assert!(!profile.takes_temperature("gpt-5-mini") && !profile.takes_temperature("o3"));
        assert!(profile.takes_temperature("gpt-4.1-mini"));
    }
}
