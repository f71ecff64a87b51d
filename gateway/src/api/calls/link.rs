//! Who a call was with, by the person's number: as an inbound message's sender is found. Where two could be meant, nobody
//! guesses.

use channels::whatsapp::numbers;
use domain::{
    contact::{Identity, IdentityKind},
    id::{ContactId, ConversationId, CustomerId},
};
use store::{
    Error, Tx,
    call::{self, Link},
    contact, conversation,
    office::customer,
    thread::change,
};

use crate::state::Gateway;

/// Whom `number` names: the person who has it, the thread of theirs that moved last, and the customer.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn by_number(tx: &mut Tx, gateway: &Gateway, number: &str) -> Result<Link, Error> {
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Link::default());
    }
    let spellings = numbers::variants(number);
    let identities: Vec<Identity> = spellings.iter().map(Identity::phone).collect();
    let mut link = match contact::find(tx, &identities).await? {
        Some(person) => of_person(tx, &person.id).await?,
        None => Link::default(),
    };
    if link.customer.is_none() && gateway.config.auto_link_by_phone {
        let found = customer::by_phone(tx, &spellings, &gateway.config.house.get().country_code).await?;
        if let [only] = found.as_slice() {
            link.customer = Some(only.id.clone());
        }
    }
    Ok(link)
}

/// The person, with their thread and the customer it is about.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn of_person(tx: &mut Tx, id: &ContactId) -> Result<Link, Error> {
    let conversation = call::thread_of(tx, id).await?;
    let customer = customer_of(tx, conversation.as_ref()).await?;
    Ok(Link { contact: Some(id.clone()), conversation, customer })
}

/// The thread, with its person and customer; `None` where there is no such thread.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn of_thread(tx: &mut Tx, id: &ConversationId) -> Result<Option<Link>, Error> {
    let Some(held) = conversation::get(tx, id).await? else { return Ok(None) };
    let customer = customer_of(tx, Some(id)).await?;
    Ok(Some(Link { contact: held.contact, conversation: Some(id.clone()), customer }))
}

async fn customer_of(tx: &mut Tx, thread: Option<&ConversationId>) -> Result<Option<CustomerId>, Error> {
    match thread {
        Some(thread) => Ok(change::link(tx, thread).await?.customer),
        None => Ok(None),
    }
}

/// The numbers of a person, in all their spellings.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn numbers_of(tx: &mut Tx, person: &ContactId) -> Result<Vec<String>, Error> {
    let identities = contact::identities_of(tx, person).await?;
    let phones = identities.iter().filter(|identity| identity.kind == IdentityKind::Phone);
    Ok(phones.flat_map(|identity| numbers::variants(&identity.value)).collect())
}
