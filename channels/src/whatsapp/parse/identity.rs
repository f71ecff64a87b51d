//! Who somebody is: a set of identities, of which any may be absent. The number is written as Meta gave it; other
//! spellings of it come after, for lookups.

use domain::{
    contact::{Identity, IdentityKind},
    inbound::{IdentityChange, Inbound},
};
use serde_json::Value;

use super::{Change, Read};
use crate::whatsapp::{
    numbers,
    wire::{self, Text},
};

/// What one item tells of a person.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    phones: Vec<String>,
    user_ids: Vec<String>,
    username: Option<String>,
    pub profile_name: Option<String>,
}

impl Told {
    pub(super) fn number(&mut self, text: Text) {
        let Some(text) = text.some() else { return };
        if numbers::is_user_id(&text) {
            return push(&mut self.user_ids, text);
        }
        if let Some(digits) = numbers::digits(&text) {
            push(&mut self.phones, digits);
        }
    }

    pub(super) fn user_id(&mut self, text: Text) {
        if let Some(text) = text.some() {
            push(&mut self.user_ids, text);
        }
    }

    /// Adds what stands about the sender of an item beside the items.
    pub(super) fn beside(&mut self, contacts: &[Value], items: usize) {
        let contacts: Vec<wire::Person> = contacts.iter().map(wire::read).collect();
        let own = contacts.iter().find(|contact| self.is(contact));
        // A contact of somebody else must not name a sender of whom nothing is told.
        let only = contacts.first().filter(|_| contacts.len() == 1 && items == 1 && self.address().is_none());
        let Some(contact) = own.or(only).cloned() else { return };
        self.number(contact.wa_id);
        self.user_id(contact.user_id);
        self.user_id(contact.parent_user_id);
        let profile = contact.profile.0.unwrap_or_default();
        self.profile_name = profile.name.some();
        self.username = profile.username.some();
    }

    fn is(&self, contact: &wire::Person) -> bool {
        let same = |known: &[String], text: &Text| known.iter().any(|one| one == text.str());
        same(&self.user_ids, &contact.user_id) || same(&self.phones, &contact.wa_id)
    }

    /// Where the person is answered: the number where we may see it, else the scoped id.
    pub(super) fn address(&self) -> Option<String> {
        self.phones.first().or(self.user_ids.first()).cloned()
    }

    pub(super) fn identities(self) -> Vec<Identity> {
        let spellings: Vec<String> =
            self.phones.iter().flat_map(|phone| numbers::variants(phone).into_iter().skip(1)).collect();
        let mut identities: Vec<Identity> = Vec::new();
        let verbatim = self.phones.into_iter().map(Identity::phone);
        let user_ids = self.user_ids.into_iter().map(user_id);
        let username = self.username.map(|value| Identity { kind: IdentityKind::Username, value });
        for identity in
            verbatim.chain(user_ids).chain(spellings.into_iter().map(Identity::phone)).chain(username)
        {
            if !identities.contains(&identity) {
                identities.push(identity);
            }
        }
        identities
    }
}

fn push(all: &mut Vec<String>, text: String) {
    if !all.contains(&text) {
        all.push(text);
    }
}

fn user_id(value: String) -> Identity {
    Identity { kind: IdentityKind::UserId, value }
}

/// A change that a `system` message tells: `None` for its other kinds.
pub(super) fn of_system(
    message: &wire::Message,
    system: wire::System,
) -> Option<(Vec<Identity>, Vec<Identity>)> {
    if !matches!(system.kind.str(), "user_changed_number" | "user_changed_user_id") {
        return None;
    }
    let (mut previous, mut current) = (Told::default(), Told::default());
    previous.number(message.from.clone());
    previous.user_id(message.from_user_id.clone());
    previous.user_id(system.previous_user_id);
    current.number(system.wa_id);
    current.number(system.new_wa_id);
    current.user_id(system.user_id);
    (previous.address().is_some() && current.address().is_some())
        .then(|| (previous.identities(), current.identities()))
}

/// The field `user_id_update`.
pub(super) fn read_updates(read: &mut Read, change: &Change<'_>) {
    for item in wire::list(change.value, "user_id_update") {
        let update: wire::UserIdUpdate = wire::read(item);
        let (mut previous, mut current) = (Told::default(), Told::default());
        for pair in [update.user_id.0, update.parent_user_id.0].into_iter().flatten() {
            previous.user_id(pair.previous);
            current.user_id(pair.current);
        }
        previous.number(update.wa_id.clone());
        current.number(update.wa_id);
        let name = change.name_of(item);
        let Some(lane) = previous.address().filter(|_| current.address().is_some()) else {
            read.keep(change.field, name, item.clone(), change.reading);
            continue;
        };
        let at = change.at(&update.timestamp);
        let told = IdentityChange { previous: previous.identities(), current: current.identities(), at };
        let external = format!("{}:{name}", change.field);
        read.arrivals.push(change.arrival(external, &lane, Inbound::Identity(told)));
    }
}
