//! Who somebody on a thread is: a known person, a new one, a customer; and taking that back.

use axum::{Json, extract::State, http::StatusCode};
use channels::whatsapp::numbers;
use domain::{
    clock::Millis,
    contact::{Identity, IdentityKind, Role},
    conversation::Conversation,
    id::{ContactId, ConversationId, CustomerId, Ids},
    import::digits_of_phone,
    staff::Permission,
};
use serde::Deserialize;
use serde_json::json;
use store::{
    Error, Tx, contact, conversation, event, merge,
    office::customer,
    thread::{Thread, change},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{owner::shown, refusal, view::ThreadView};
use crate::{
    api::{
        contacts::{NAME, moved},
        field::{self, Id, invalid, is_id},
        page::{Query, invalid as bad_query},
    },
    error::Problem,
    guard::Read,
    staff::Principal,
    state::Gateway,
};

pub(super) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(link, unlink))
}

/// Exactly one of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// A person who is known: what is known of the stranger becomes theirs.
    #[serde(default)]
    contact_id: Option<String>,
    #[serde(default)]
    customer_id: Option<String>,
    #[serde(default)]
    new: Option<NewPerson>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `technician`, `office` or `customer`.
    role: String,
    /// A further number of theirs, in any spelling.
    #[serde(default)]
    phone: Option<String>,
}

/// What is to be done, checked.
enum Doing {
    Customer(CustomerId),
    Known(ContactId),
    New { name: String, role: Role, phone: Option<Identity> },
}

/// Say who somebody is
#[utoipa::path(
    post,
    path = "/threads/{id}/link-person",
    tag = "people",
    params(("id" = String, Path)),
    request_body = Link,
    responses(
        (status = 200, body = ThreadView),
        (status = 403, description = "`forbidden`: needs `contact.edit`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (
            status = 409,
            description = "`has_a_person`: take the link away first; `number_taken`: the number is somebody else's; \
                           `not_a_person`",
            body = Problem
        ),
        (status = 422, description = "`malformed_json`, `invalid`", body = Problem),
    )
)]
async fn link(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Read(asked): Read<Link>,
) -> Result<Json<ThreadView>, Problem> {
    principal.require(Permission::ContactEdit)?;
    let mut tx = gateway.store.reader();
    let thread = super::find(&mut tx, &id).await?;
    refusal::is_with_a_person(&thread.conversation)?;
    let doing = checked(&gateway, &mut tx, &thread, asked).await?;
    let (ids, now) = (gateway.ids.clone(), gateway.now());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                let person = apply(tx, &ids, &principal, &thread, doing, now).await?;
                let held = &thread.conversation.id;
                event::put(tx, "conversation", Some(held), &json!({ "changed": "contact" }), now).await?;
                if let Some(person) = &person {
                    moved(tx, person, now).await?;
                }
                refusal::note(tx, &principal, "linked", held.as_str(), now).await
            })
        })
        .await?;
    gateway.waker.wake();
    shown(&gateway, &id).await
}

async fn checked(gateway: &Gateway, tx: &mut Tx, thread: &Thread, asked: Link) -> Result<Doing, Problem> {
    let doing = match (asked.contact_id, asked.customer_id, asked.new) {
        (None, Some(id), None) => {
            let id = CustomerId(id);
            let there = is_id(id.as_str()) && customer::get(tx, &id).await?.is_some();
            return if there {
                Ok(Doing::Customer(id))
            } else {
                Err(invalid("customer_id", "there is no such customer"))
            };
        }
        (Some(id), None, None) => {
            let id = ContactId(id);
            let there = is_id(id.as_str())
                && contact::get(tx, &id).await?.is_some()
                && contact::merged(tx, &id).await?.is_none();
            if !there {
                return Err(invalid("contact_id", "there is no such contact"));
            }
            Doing::Known(id)
        }
        (None, None, Some(new)) => {
            let role = Role::parse(&new.role)
                .ok_or_else(|| invalid("new.role", "there are technician, office and customer"))?;
            let phone = match &new.phone {
                Some(phone) => Some(free_number(gateway, tx, thread, phone).await?),
                None => None,
            };
            Doing::New { name: field::line("new.name", &new.name, NAME)?, role, phone }
        }
        _ => return Err(invalid("contact_id", "exactly one of contact_id, customer_id and new")),
    };
    let somebody = thread.person.as_ref().filter(|person| !person.roles.is_empty());
    match (somebody, &doing) {
        (Some(person), Doing::Known(id)) if person.id == *id => Ok(doing),
        (Some(person), _) => {
            let detail = format!("the thread is {}'s: take the link away first", person.name);
            Err(Problem::new(StatusCode::CONFLICT, "has_a_person", detail))
        }
        (None, _) => Ok(doing),
    }
}

/// The number as an identity, if it is nobody else's.
async fn free_number(
    gateway: &Gateway,
    tx: &mut Tx,
    thread: &Thread,
    phone: &str,
) -> Result<Identity, Problem> {
    let digits = digits_of_phone(phone, &gateway.config.house.get().country_code)
        .map_err(|why| invalid("new.phone", why))?;
    let spellings: Vec<Identity> = numbers::variants(&digits).into_iter().map(Identity::phone).collect();
    let known = contact::find(tx, &spellings).await?;
    let own = thread.person.as_ref().map(|person| &person.id);
    if let Some(other) = known.filter(|known| Some(&known.id) != own) {
        let detail = format!("{} has that number: link the thread to them, or merge the two", other.name);
        return Err(Problem::new(StatusCode::CONFLICT, "number_taken", detail));
    }
    Ok(Identity::phone(digits))
}

async fn apply(
    tx: &mut Tx,
    ids: &Ids,
    principal: &Principal,
    thread: &Thread,
    doing: Doing,
    now: Millis,
) -> Result<Option<ContactId>, Error> {
    let held = &thread.conversation;
    let stranger = thread.person.as_ref().map(|person| &person.id);
    match (doing, stranger) {
        (Doing::Customer(customer), _) => {
            change::link_customer(tx, &held.id, Some(&customer), "staff").await?;
            Ok(None)
        }
        (Doing::Known(person), Some(stranger)) if *stranger == person => Ok(Some(person)),
        (Doing::Known(person), Some(stranger)) => {
            merge::merge(tx, ids, stranger, &person, &principal.user, now).await?;
            Ok(Some(person))
        }
        (Doing::Known(person), None) => {
            give(tx, held, &person).await?;
            Ok(Some(person))
        }
        (Doing::New { name, role, phone }, stranger) => {
            let person = match stranger {
                Some(stranger) => {
                    contact::rename(tx, stranger, &name).await?;
                    contact::set_roles(tx, stranger, &[role]).await?;
                    stranger.clone()
                }
                None => contact::create(tx, ids, &name, &[role], now).await?,
            };
            contact::learn(tx, &person, phone.iter()).await?;
            give(tx, held, &person).await?;
            Ok(Some(person))
        }
    }
}

/// Makes the conversation the person's, and its address theirs.
async fn give(tx: &mut Tx, held: &Conversation, person: &ContactId) -> Result<(), Error> {
    if let Some(identity) = of_address(held) {
        contact::learn(tx, person, std::iter::once(&identity)).await?;
    }
    conversation::set_contact(tx, &held.id, Some(person)).await
}

/// What the address of a conversation tells of who it is.
fn of_address(held: &Conversation) -> Option<Identity> {
    let value = held.address.external.clone();
    let kind = if held.address.channel.as_str() != channels::whatsapp::NAME {
        return None;
    } else if numbers::is_user_id(&value) {
        IdentityKind::UserId
    } else {
        IdentityKind::Phone
    };
    Some(Identity { kind, value })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct What {
    /// `customer` or `person`; without, the customer where there is one, else the person.
    what: Option<String>,
}

/// Take a link away
///
/// Without its person a thread is a stranger's again: its agent says nothing more there.
#[utoipa::path(
    delete,
    path = "/threads/{id}/link-person",
    tag = "people",
    params(("id" = String, Path), What),
    responses(
        (status = 200, body = ThreadView),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`: needs `contact.edit`", body = Problem),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 409, description = "`not_linked`, `not_a_person`", body = Problem),
    )
)]
async fn unlink(
    State(gateway): State<Gateway>,
    principal: Principal,
    Id(id): Id<ConversationId>,
    Query(asked): Query<What>,
) -> Result<Json<ThreadView>, Problem> {
    principal.require(Permission::ContactEdit)?;
    let thread = super::find(&mut gateway.store.reader(), &id).await?;
    refusal::is_with_a_person(&thread.conversation)?;
    let customer = match asked.what.as_deref() {
        Some("customer") => true,
        Some("person") => false,
        None => thread.customer.is_some(),
        Some(_) => return Err(bad_query("what must be customer or person")),
    };
    let linked = if customer {
        thread.customer.is_some()
    } else {
        thread.person.as_ref().is_some_and(|person| !person.roles.is_empty())
    };
    if !linked {
        let detail = "there is no such link to take away";
        return Err(Problem::new(StatusCode::CONFLICT, "not_linked", detail));
    }
    let (ids, now) = (gateway.ids.clone(), gateway.now());
    gateway
        .store
        .write(move |tx| {
            Box::pin(async move {
                let held = &thread.conversation;
                if customer {
                    change::link_customer(tx, &held.id, None, "staff").await?;
                } else {
                    forget(tx, &ids, held, now).await?;
                }
                event::put(tx, "conversation", Some(&held.id), &json!({ "changed": "contact" }), now).await?;
                refusal::note(tx, &principal, "unlinked", held.id.as_str(), now).await
            })
        })
        .await?;
    shown(&gateway, &id).await
}

/// The conversation is a stranger's from now on, who has its address.
async fn forget(tx: &mut Tx, ids: &Ids, held: &Conversation, now: Millis) -> Result<(), Error> {
    let stranger = contact::create(tx, ids, &held.address.external, &[], now).await?;
    if let Some(identity) = of_address(held) {
        contact::replace_identities(tx, &stranger, &[], &[identity]).await?;
    }
    conversation::set_contact(tx, &held.id, Some(&stranger)).await?;
    conversation::leave_agent(tx, &held.id).await
}
