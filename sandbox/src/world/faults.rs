//! Faults on demand: a rule is a target, a trigger and a fault.
//! This file decides whether a rule fires; what the fault does is done where it happens.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// Any webhook.
    Webhook,
    /// Webhooks that carry messages.
    Inbound,
    /// Webhooks that carry statuses.
    Status,
    /// `POST /{phone}/messages` with a message.
    Send,
    /// Read receipts and typing indicators.
    Receipt,
    /// Uploads.
    Upload,
    /// Resolving and downloading media.
    Media,
    /// Every call of the Graph API.
    Graph,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trigger {
    Always,
    Next(u64),
    Every(u64),
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    // webhooks
    Duplicate {
        #[serde(default = "one")]
        copies: u32,
    },
    Batch {
        #[serde(default = "three")]
        size: usize,
        #[serde(default = "two_seconds")]
        wait_ms: i64,
        #[serde(default)]
        shape: Shape,
    },
    Reorder {
        #[serde(default = "five_seconds")]
        wait_ms: i64,
    },
    Delay {
        #[serde(default = "five_seconds")]
        ms: i64,
    },
    /// The first attempts never reach the receiver; the retry does.
    Lose {
        #[serde(default = "one")]
        times: u32,
    },
    /// The first attempts carry a signature made with another secret.
    WrongSignature {
        #[serde(default = "one")]
        times: u32,
    },
    Drop,
    // calls
    /// An error answer with any code of the catalogue: 130429, 131056, 4, 80007, 131016, 190 ...
    Error {
        code: i64,
        http: Option<u16>,
        retry_after_s: Option<u64>,
        details: Option<String>,
    },
    /// A bare HTTP error, as a proxy in front of the API would give.
    Http {
        status: u16,
    },
    /// No answer for a while, and nothing was done.
    Hang {
        ms: Option<u64>,
    },
    ExpiredToken,
    // sends
    /// Done, but the answer hangs and never comes.
    AnswerLost {
        ms: Option<u64>,
    },
    /// Done, but the answer breaks off and the connection with it.
    AnswerCut,
    /// Answered with an id, then nothing: no delivery, no status.
    NeverDelivered,
    /// Answered with an id, then a failed status with this code.
    FailLater {
        code: i64,
        details: Option<String>,
    },
    // media
    Gone,
}

/// How several updates share one POST.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// One change with several messages or statuses.
    #[default]
    Items,
    /// One entry with several changes.
    Changes,
    /// Several entries.
    Entries,
}

fn one() -> u32 {
    1
}
fn three() -> usize {
    3
}
fn two_seconds() -> i64 {
    2_000
}
fn five_seconds() -> i64 {
    5_000
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Rule {
    #[serde(default)]
    pub id: u64,
    pub target: Target,
    #[serde(default = "always")]
    pub trigger: Trigger,
    pub fault: Fault,
    /// Only for this person.
    #[serde(default)]
    pub person: Option<String>,
    #[serde(default)]
    pub seen: u64,
    #[serde(default)]
    pub fired: u64,
}

fn always() -> Trigger {
    Trigger::Always
}

impl Rule {
    /// What speaks against the rule, if anything.
    pub(crate) fn objection(&self) -> Option<String> {
        use Fault as F;
        use Target as T;
        let fits = match &self.fault {
            F::Duplicate { .. } | F::Batch { .. } | F::Reorder { .. } | F::Delay { .. } => {
                self.target.is_webhook()
            }
            F::Lose { .. } | F::WrongSignature { .. } | F::Drop => self.target.is_webhook(),
            F::Error { .. } | F::Http { .. } | F::Hang { .. } | F::ExpiredToken => !self.target.is_webhook(),
            F::NeverDelivered | F::FailLater { .. } | F::AnswerCut => self.target == T::Send,
            F::AnswerLost { .. } => matches!(self.target, T::Send | T::Upload | T::Receipt),
            F::Gone => self.target == T::Media,
        };
        if !fits {
            return Some("this fault cannot happen to this target".into());
        }
        match (&self.fault, self.trigger) {
            (_, Trigger::Next(0) | Trigger::Every(0)) => Some("a trigger needs a count above zero".into()),
            (F::Duplicate { copies }, _) if *copies == 0 || *copies > 20 => Some("copies: 1 to 20".into()),
            (F::Batch { size, .. }, _) if *size < 2 || *size > 1_000 => Some("size: 2 to 1000".into()),
            (F::Http { status }, _) if !(400..=599).contains(status) => Some("status: 400 to 599".into()),
            (F::Hang { ms: Some(ms) } | F::AnswerLost { ms: Some(ms) }, _) if *ms > 600_000 => {
                Some("ms: at most 600000".into())
            }
            _ => None,
        }
    }

    fn fires(&mut self) -> bool {
        self.seen += 1;
        let fires = match self.trigger {
            Trigger::Always => true,
            Trigger::Next(count) => self.seen <= count,
            Trigger::Every(nth) => self.seen.is_multiple_of(nth),
        };
        self.fired += u64::from(fires);
        fires
    }

    fn spent(&self) -> bool {
        matches!(self.trigger, Trigger::Next(count) if self.seen >= count)
    }
}

impl Target {
    fn is_webhook(self) -> bool {
        matches!(self, Self::Webhook | Self::Inbound | Self::Status)
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Faults {
    pub next: u64,
    pub rules: Vec<Rule>,
}

impl Faults {
    pub(crate) fn add(&mut self, mut rule: Rule) -> &Rule {
        self.next += 1;
        rule.id = self.next;
        (rule.seen, rule.fired) = (0, 0);
        self.rules.push(rule);
        &self.rules[self.rules.len() - 1]
    }

    /// The fault that strikes now, if any. Every rule that looks at this counts it; the first that fires wins.
    pub(crate) fn strike(&mut self, targets: &[Target], person: Option<&str>) -> Option<Fault> {
        let mut struck = None;
        for rule in self.rules.iter_mut().filter(|rule| targets.contains(&rule.target)) {
            let concerned = rule.person.is_none() || rule.person.as_deref() == person;
            if concerned && !rule.spent() && rule.fires() && struck.is_none() {
                struck = Some(rule.fault.clone());
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Rule, Target};
    use serde_json::json;

    fn rule(value: serde_json::Value) -> Rule {
        serde_json::from_value(value).unwrap()
    }

    fn pattern(trigger: serde_json::Value) -> Vec<bool> {
        let mut faults = Faults::default();
        faults.add(rule(
            json!({ "target": "send", "trigger": trigger, "fault": { "kind": "never_delivered" } }),
        ));
        (0..6).map(|_| faults.strike(&[Target::Send, Target::Graph], None).is_some()).collect()
    }

    #[test]
    fn triggers_fire_always_next_and_every() {
        assert_eq!(pattern(json!("always")), [true; 6]);
        assert_eq!(pattern(json!({ "next": 2 })), [true, true, false, false, false, false]);
        assert_eq!(pattern(json!({ "every": 3 })), [false, false, true, false, false, true]);
    }

    #[test]
    fn a_fault_must_fit_its_target() {
        assert!(rule(json!({ "target": "send", "fault": { "kind": "drop" } })).objection().is_some());
        assert!(rule(json!({ "target": "status", "fault": { "kind": "reorder" } })).objection().is_none());
        let named = rule(
            json!({ "target": "send", "fault": { "kind": "error", "code": 131056 }, "person": "office" }),
        );
        let mut faults = Faults::default();
        faults.add(named);
        assert!(faults.strike(&[Target::Send], Some("technician")).is_none());
        assert!(matches!(
            faults.strike(&[Target::Send], Some("office")),
            Some(Fault::Error { code: 131_056, .. })
        ));
    }
}
