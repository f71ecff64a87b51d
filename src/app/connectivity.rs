//! The connectivity test of the WhatsApp channel, for whoever may ask for it at the console. Sends nothing.

use async_trait::async_trait;
use channels::whatsapp::{WhatsApp, doctor::Verdict};
use domain::current::Current;
use gateway::configuration::{Tested, Tester};
use url::Url;

pub(super) struct ConnectivityTest {
    channel: Current<WhatsApp>,
    /// Our webhook as the world reaches it, where that is known.
    webhook: Option<Url>,
}

impl ConnectivityTest {
    pub(super) fn new(channel: Current<WhatsApp>, place: Option<&str>) -> Self {
        let webhook = place
            .and_then(|place| Url::parse(&format!("{}/whatsapp/webhook", place.trim_end_matches('/'))).ok());
        Self { channel, webhook }
    }
}

#[async_trait]
impl Tester for ConnectivityTest {
    fn provider(&self) -> &'static str {
        "meta_cloud"
    }

    async fn test(&self) -> Vec<Tested> {
        let checks = self.channel.get().examine(self.webhook.as_ref()).await;
        checks
            .into_iter()
            .map(|check| Tested {
                name: check.name,
                verdict: match check.verdict {
                    Verdict::Pass => "pass",
                    Verdict::Warn => "warn",
                    Verdict::Fail => "fail",
                    Verdict::Skipped => "skipped",
                },
                says: check.says,
                mend: check.mend,
            })
            .collect()
    }
}
