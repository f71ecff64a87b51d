//! Sending a checked message: recipient, limits, window, template, media, and what becomes of it.
//! It never words a shape error (that is `check`) and never waits for anything.

use serde_json::{Value, json};

use super::World;
use super::chance::Direction;
use super::message::Message;
use super::people::Recipient;
use super::{pricing, template_fill};
use crate::check::Checked;
use crate::graph::refusal::Refusal;
use crate::switches::UnknownNumbers;

/// What happens after the 200.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fate {
    Normal,
    /// Accepted and dropped without a word.
    Silent,
    Fail(i64, Option<String>),
}

/// What a template adds to a message.
struct Filled {
    shown: Option<Value>,
    category: Option<String>,
}

impl World {
    /// Accepts or refuses a message; the answer is the body of the 200.
    pub(crate) fn send(&mut self, checked: &Checked, forced: Option<Fate>) -> Result<Value, Refusal> {
        self.sender_may_send()?;
        if checked.group {
            return Err(Refusal::value("Groups are not available for this phone number"));
        }
        self.throughput()?;
        let recipient = self.recipient(checked)?;
        self.references(checked, &recipient)?;
        let filled = self.template(checked, &recipient)?;
        self.pair(&recipient)?;
        let fate = self.fate(checked, &recipient, &filled)?;
        Ok(self.accept(checked, &recipient, filled, forced.unwrap_or(fate)))
    }

    fn sender_may_send(&self) -> Result<(), Refusal> {
        if !self.account.registered {
            return Err(Refusal::code(133_010));
        }
        self.account.blocked_code.map_or(Ok(()), |code| Err(Refusal::code(code)))
    }

    fn throughput(&mut self) -> Result<(), Refusal> {
        let free = self.buckets.throughput(self.now, self.limits.throughput_per_s);
        if free || !self.switches.enforce_throughput {
            return Ok(());
        }
        Err(Refusal::code(130_429).http(self.switches.rate_limit_http).retry_after(1))
    }

    fn pair(&mut self, recipient: &Recipient) -> Result<(), Refusal> {
        if !self.switches.enforce_pair_limit {
            return Ok(());
        }
        let (burst, every_ms) = (self.limits.pair_burst, self.limits.pair_every_ms);
        if self.buckets.pair(recipient.key(), self.now, burst, every_ms) {
            return Ok(());
        }
        Err(Refusal::code(131_056))
    }

    /// Things the message points at: identity, media, the message reacted to.
    fn references(&self, checked: &Checked, recipient: &Recipient) -> Result<(), Refusal> {
        if let Some(hash) = &checked.identity_hash {
            let person = recipient.person.as_ref().and_then(|id| self.people.get(id));
            if person.is_some_and(|person| person.identity_hash.as_ref().is_some_and(|own| own != hash)) {
                return Err(Refusal::code(137_000));
            }
        }
        let media = match checked.kind.as_str() {
            kind @ ("image" | "audio" | "video" | "document" | "sticker") => {
                Some((kind, &checked.content["id"]))
            }
            "interactive" => ["image", "video", "document"].into_iter().find_map(|kind| {
                let id = &checked.content["header"][kind]["id"];
                (!id.is_null()).then_some((kind, id))
            }),
            _ => None,
        };
        if let Some((kind, id)) = media
            && let Some(id) = id_text(id)
            && self.shelf.get(&id, self.now).is_none()
        {
            return Err(Refusal::invalid(format!(
                "Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
            )));
        }
        if checked.kind == "reaction" {
            let target = checked.content["message_id"].as_str().unwrap_or_default();
            let theirs = self.messages.get(target).is_some_and(|message| message.person == recipient.key());
            if !theirs {
                return Err(Refusal::value(
                    "Message ID of the reaction is not a message with this recipient",
                ));
            }
        }
        Ok(())
    }

    fn template(&self, checked: &Checked, recipient: &Recipient) -> Result<Filled, Refusal> {
        if checked.kind != "template" {
            return Ok(Filled { shown: None, category: None });
        }
        let name = checked.content["name"].as_str().unwrap_or_default();
        let language = checked.content["language"]["code"].as_str().unwrap_or_default();
        let template = self.templates.sendable(name, language, self.switches.template_missing_http)?;
        if template.category == "AUTHENTICATION" && !recipient.by_phone {
            return Err(Refusal::code(131_062));
        }
        let shown = template_fill::fill(template, &checked.content)?;
        Ok(Filled { shown: Some(shown), category: Some(template.category.to_ascii_lowercase()) })
    }

    /// Decides what the message will meet; some of it may be told at once.
    fn fate(&mut self, checked: &Checked, recipient: &Recipient, filled: &Filled) -> Result<Fate, Refusal> {
        if recipient.scoped_id_in_to || (!self.account.business_verified && filled.category.is_some()) {
            return Ok(Fate::Silent);
        }
        let person = recipient.person.as_ref().and_then(|id| self.people.get(id));
        let Some(person) = person.filter(|person| person.on_whatsapp) else {
            return self.told(131_026, self.switches.undeliverable_sync);
        };
        if person.blocked_by_business {
            return Ok(Fate::Fail(130_403, None));
        }
        let (open, opted_out, id) =
            (person.window_open(self.now), person.marketing_opt_out, person.id.clone());
        if filled.category.is_none() && !open && self.switches.enforce_window {
            return self.told(131_047, self.switches.window_sync);
        }
        if filled.category.as_deref() == Some("marketing") {
            if opted_out {
                return Ok(Fate::Fail(131_050, None));
            }
            if !self.buckets.marketing(&id, self.now, self.account.marketing_cap) {
                return Ok(Fate::Fail(131_049, None));
            }
        }
        if filled.category.is_some() && !open {
            let red = self.account.quality_rating == "RED";
            if red || !self.buckets.reach(&id, self.now, self.account.reach()) {
                return Ok(Fate::Fail(131_048, None));
            }
        }
        Ok(self.media_fate(checked))
    }

    fn told(&self, code: i64, at_once: bool) -> Result<Fate, Refusal> {
        if at_once { Err(Refusal::code(code)) } else { Ok(Fate::Fail(code, None)) }
    }

    /// Meta looks into the file only after it said yes.
    fn media_fate(&self, checked: &Checked) -> Fate {
        let Some(medium) = id_text(&checked.content["id"]).and_then(|id| self.shelf.get(&id, self.now))
        else {
            return Fate::Normal;
        };
        let bare = medium.mime.split(';').next().unwrap_or_default().trim();
        let playable = ["audio/ogg", "audio/mpeg", "audio/amr", "audio/mp4", "audio/aac"].contains(&bare);
        if checked.kind == "audio" && checked.content["voice"] == true && !playable {
            let details = format!(
                "Unsupported Voice mime type {}. Please use one of audio/ogg; codecs=opus, audio/mpeg, audio/amr, \
                 audio/mp4, audio/aac.",
                medium.mime
            );
            return Fate::Fail(131_053, Some(details));
        }
        let fits = match (checked.kind.as_str(), super::media::kind_of(&medium.mime)) {
            ("document", _) => true,
            (kind, Some((own, _))) => kind == own,
            (_, None) => false,
        };
        if fits {
            Fate::Normal
        } else {
            Fate::Fail(131_053, Some(format!("Unsupported {} mime type {}.", checked.kind, medium.mime)))
        }
    }

    fn accept(&mut self, checked: &Checked, recipient: &Recipient, filled: Filled, fate: Fate) -> Value {
        let wamid = self.chance.wamid(&recipient.wire, Direction::Out);
        let templated = filled.category.is_some();
        let mut message = Message::new(
            wamid.clone(),
            recipient.key(),
            Direction::Out,
            &checked.kind,
            checked.content.clone(),
            self.now,
        );
        message.reply_to.clone_from(&checked.reply_to);
        message.opaque.clone_from(&checked.opaque);
        message.by_phone = recipient.by_phone;
        message.recipient = recipient.person.is_none().then(|| recipient.wire.clone());
        message.shown = filled.shown;
        if let Some(person) = recipient.person.as_ref().and_then(|id| self.people.get_mut(id)) {
            message.pricing = Some(pricing::of(
                filled.category.as_deref(),
                person,
                self.now,
                self.switches.service_pricing,
            ));
            if recipient.by_phone {
                person.phone_used(self.now);
            }
        }
        self.messages.add(message, self.limits.messages);
        if let Some(person) = &recipient.person {
            self.set_typing(&person.clone(), None);
        }
        if checked.kind == "reaction" && fate == Fate::Normal {
            let target = checked.content["message_id"].as_str().unwrap_or_default().to_owned();
            self.react(&target, "business", checked.content["emoji"].as_str().unwrap_or_default());
        }
        match fate {
            Fate::Normal => self.launch(&wamid),
            Fate::Silent => {}
            Fate::Fail(code, details) => self.fail_later(&wamid, code, details),
        }
        self.tell_message(&wamid);
        let mut message = json!({ "id": wamid });
        if templated {
            message["message_status"] = json!("accepted");
        }
        json!({ "messaging_product": "whatsapp", "contacts": [recipient.answer()], "messages": [message] })
    }

    /// A reaction sits on the message it means; an empty one takes it away.
    pub(super) fn react(&mut self, target: &str, who: &str, emoji: &str) {
        let Some(message) = self.messages.get_mut(target) else { return };
        if emoji.is_empty() {
            message.reactions.remove(who);
        } else {
            message.reactions.insert(who.to_owned(), emoji.to_owned());
        }
        self.tell_message(target);
    }

    /// Whether a person not known so far is made for a number.
    pub(super) fn joins(&self) -> bool {
        self.switches.unknown_numbers == UnknownNumbers::Join
    }
}

/// An id given as a string or, as some clients do, as a number.
pub(crate) fn id_text(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
