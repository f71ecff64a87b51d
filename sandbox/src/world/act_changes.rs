//! Acts that change something already there: reactions, edits, revocations, plays, numbers, consent, calls.
//! They add no bubble, but most of them tell the business.

use serde_json::{Value, json};

use super::World;
use super::chance::Direction;
use super::message::{Message, State};
use super::person::digits_of;

impl World {
    /// A reaction is a message with an id of its own, but it sits on another one.
    pub(super) fn reaction_act(
        &mut self,
        person: &str,
        target: Option<String>,
        emoji: &str,
    ) -> Result<Value, String> {
        let newest =
            || self.messages.of(person).rev().find(|m| m.direction == Direction::Out && m.on_phone());
        let target = match target {
            Some(id) => id,
            None => newest().map(|message| message.id.clone()).ok_or("there is nothing to react to")?,
        };
        self.own(person, &target)?;
        self.react(&target, "person", emoji);
        let wamid = self.next_inbound_id(person);
        let mut reaction = json!({ "message_id": target });
        if !emoji.is_empty() {
            reaction["emoji"] = json!(emoji);
        }
        if let Some(person) = self.people.get_mut(person) {
            person.last_inbound_ms = Some(self.now);
        }
        self.tell_person(person);
        self.emit_item(
            person,
            &json!({ "id": wamid, "type": "reaction", "reaction": reaction }),
            "reaction",
            vec![],
        );
        Ok(json!({ "message_id": wamid }))
    }

    pub(super) fn edit_act(&mut self, person: &str, target: &str, body: &str) -> Result<Value, String> {
        self.written_by(person, target)?;
        let context = {
            let editable = |message: &&mut Message| message.content.is_object();
            let Some(message) = self.messages.get_mut(target).filter(editable) else {
                return Err("this kind of message cannot be edited".into());
            };
            let name = if message.kind == "text" { "body" } else { "caption" };
            message.content[name] = json!(body);
            message.edited = true;
            message.reply_to.clone()
        };
        let Some(message) = self.messages.get(target) else { return Err("gone".into()) };
        let mut inner = json!({ "type": message.kind, message.kind.as_str(): message.content });
        if let Some(id) = context {
            inner["context"] = json!({ "id": id });
        }
        let edit = json!({ "original_message_id": target, "message": inner });
        self.changed(person, target, "edit", &edit)
    }

    pub(super) fn revoke_act(&mut self, person: &str, target: &str) -> Result<Value, String> {
        self.written_by(person, target)?;
        if let Some(message) = self.messages.get_mut(target) {
            message.revoked = true;
            message.content = json!({});
        }
        self.changed(person, target, "revoke", &json!({ "original_message_id": target }))
    }

    fn changed(&mut self, person: &str, target: &str, kind: &str, object: &Value) -> Result<Value, String> {
        self.tell_message(target);
        let wamid = self.next_inbound_id(person);
        self.emit_item(person, &json!({ "id": wamid, "type": kind, kind: object }), kind, vec![]);
        Ok(json!({ "message_id": wamid }))
    }

    pub(super) fn play_act(&mut self, person: &str, target: &str) -> Result<Value, String> {
        self.own(person, target)?;
        let receipts = self.people.get(person).is_some_and(|person| person.read_receipts);
        let voice =
            self.messages.get(target).is_some_and(|m| m.kind == "audio" && m.direction == Direction::Out);
        if !voice {
            return Err("only a voice message of the business can be played".into());
        }
        self.raise(target, State::Read, receipts);
        self.raise(target, State::Played, receipts);
        Ok(json!({}))
    }

    /// A call opens the window like a message does.
    pub(super) fn call_act(&mut self, id: &str, event: &str) -> Value {
        let call = format!("wacid.{}", self.chance.letters(40));
        let now = self.now;
        let Some(person) = self.people.get_mut(id) else { return Value::Null };
        person.last_inbound_ms = Some(now);
        let mut item = json!({
            "id": call, "to": self.account.digits(), "event": event, "direction": "USER_INITIATED",
            "timestamp": (now / 1_000).to_string(),
        });
        if let Some(phone) = person.visible_phone(now) {
            item["from"] = json!(phone);
        }
        item["from_user_id"] = json!(person.user_id);
        let value = json!({
            "messaging_product": "whatsapp", "calls": [item],
            "metadata": { "display_phone_number": self.account.digits(), "phone_number_id": self.account.phone_number_id },
        });
        self.tell_person(id);
        self.emit_account("calls", &format!("call {event}"), value);
        json!({ "call_id": call })
    }

    pub(super) fn change_number(&mut self, id: &str, phone: &str) -> Result<Value, String> {
        let next = digits_of(phone);
        if next.len() < 5 || self.people.values().any(|other| other.phone.as_deref() == Some(&next)) {
            return Err("phone: a free number with country code is needed".into());
        }
        let wamid = self.next_inbound_id(id);
        let Some(person) = self.people.get_mut(id) else { return Err("gone".into()) };
        let before = person.phone.replace(next.clone()).unwrap_or_default();
        let body = format!("User {} changed from {before} to {next}", person.name);
        let system =
            json!({ "body": body, "wa_id": next, "user_id": person.user_id, "type": "user_changed_number" });
        let item = json!({ "id": wamid, "from": before, "type": "system", "system": system });
        self.tell_person(id);
        self.emit_item(id, &item, "system user_changed_number", vec![]);
        // A new number brings a new scoped id.
        Ok(self.change_user_id(id, None))
    }

    pub(super) fn change_user_id(&mut self, id: &str, given: Option<String>) -> Value {
        let fresh = self.chance.digits(20);
        let wamid = self.next_inbound_id(id);
        let now = self.now;
        let Some(person) = self.people.get_mut(id) else { return Value::Null };
        let country = person.user_id.split('.').next().unwrap_or("US").to_owned();
        let next = given.unwrap_or_else(|| format!("{country}.{fresh}"));
        let before = std::mem::replace(&mut person.user_id, next.clone());
        let phone = person.visible_phone(now).map(str::to_owned);
        let name = person.name.clone();
        let mut system = json!({ "body": format!("User {name} has a new user id"), "user_id": next,
            "type": "user_changed_user_id" });
        let mut item = json!({ "id": wamid, "from_user_id": before, "type": "system" });
        let mut update = json!({
            "user_id": { "previous": before, "current": next }, "detail": "The user id changed", "timestamp": now / 1_000,
        });
        if let Some(phone) = phone {
            system["wa_id"] = json!(phone);
            item["from"] = json!(phone);
            update["wa_id"] = json!(phone);
        }
        item["system"] = system;
        self.tell_person(id);
        self.emit_item(id, &item, "system user_changed_user_id", vec![]);
        let value = json!({
            "messaging_product": "whatsapp", "user_id_update": [update],
            "metadata": { "display_phone_number": self.account.digits(), "phone_number_id": self.account.phone_number_id },
        });
        self.emit_account("user_id_update", "user_id_update", value);
        json!({ "user_id": next })
    }

    pub(super) fn change_identity(&mut self, id: &str) -> Value {
        let hash = self.chance.letters(12);
        let wamid = self.next_inbound_id(id);
        let Some(person) = self.people.get_mut(id) else { return Value::Null };
        person.identity_hash = Some(hash.clone());
        let system = json!({ "body": format!("{} may have changed phones", person.name),
            "type": "customer_identity_changed", "user_id": person.user_id });
        let item = json!({ "id": wamid, "from": person.phone, "type": "system", "system": system });
        self.tell_person(id);
        self.emit_item(id, &item, "system customer_identity_changed", vec![]);
        json!({ "identity_hash": hash })
    }

    pub(super) fn marketing_act(&mut self, id: &str, value: &str) -> Result<Value, String> {
        if !["stop", "resume"].contains(&value) {
            return Err("value: stop or resume".into());
        }
        let now = self.now;
        let Some(person) = self.people.get_mut(id) else { return Err("gone".into()) };
        person.marketing_opt_out = value == "stop";
        let mut preference = json!({ "user_id": person.user_id, "category": "marketing_messages", "value": value,
            "detail": format!("User requested to {value} marketing messages"), "timestamp": now / 1_000 });
        if let Some(phone) = person.visible_phone(now) {
            preference["wa_id"] = json!(phone);
        }
        let update = json!({
            "messaging_product": "whatsapp", "user_preferences": [preference],
            "metadata": { "display_phone_number": self.account.digits(), "phone_number_id": self.account.phone_number_id },
        });
        self.tell_person(id);
        self.emit_account("user_preferences", &format!("marketing {value}"), update);
        Ok(json!({}))
    }

    fn next_inbound_id(&mut self, person: &str) -> String {
        let wire = self.people.get(person).map(|person| person.wire_name().to_owned()).unwrap_or_default();
        self.chance.wamid(&wire, Direction::In)
    }

    fn own(&self, person: &str, target: &str) -> Result<(), String> {
        match self.messages.get(target) {
            Some(message) if message.person == person => Ok(()),
            _ => Err(format!("no message {target} on this phone")),
        }
    }

    fn written_by(&self, person: &str, target: &str) -> Result<(), String> {
        self.own(person, target)?;
        match self.messages.get(target) {
            Some(message) if message.direction == Direction::In && !message.revoked => Ok(()),
            _ => Err("only the person's own messages can be changed".into()),
        }
    }
}

impl World {
    /// The office answers on its own phone: the person sees it, the app gets an echo, no window opens.
    pub(crate) fn echo(&mut self, id: &str, body: &str) -> Result<Value, String> {
        let person = self.people.get(id).ok_or_else(|| format!("no person {id}"))?;
        let (wire, phone, user_id) =
            (person.wire_name().to_owned(), person.phone.clone(), person.user_id.clone());
        let wamid = self.chance.wamid(&wire, Direction::Out);
        let mut message =
            Message::new(wamid.clone(), id, Direction::Out, "text", json!({ "body": body }), self.now);
        message.echo = true;
        message.rise(State::Delivered, self.now);
        self.messages.add(message, self.limits.messages);
        self.tell_message(&wamid);
        let mut echo = json!({
            "from": self.account.digits(), "to_user_id": user_id, "id": wamid, "type": "text",
            "timestamp": (self.now / 1_000).to_string(), "text": { "body": body },
        });
        if let Some(phone) = phone {
            echo["to"] = json!(phone);
        }
        let value = json!({
            "messaging_product": "whatsapp", "message_echoes": [echo],
            "metadata": { "display_phone_number": self.account.digits(), "phone_number_id": self.account.phone_number_id },
        });
        self.emit_account("smb_message_echoes", "echo", value);
        Ok(json!({ "message_id": wamid }))
    }
}
