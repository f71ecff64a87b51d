//! A customer whom no contact stands for: somebody of the firm's own list who never wrote. They have the same rights. Where a
//! contact is that customer, the contact is the person, and the customer goes with them.

use domain::id::{ContactId, CustomerId};

use super::{MOST, Subject, Who, subject};
use crate::{Error, Tx, args, db::among::texts, office::customer};

/// Everything of the customer `id` alone; `None` where there is no such customer.
///
/// # Errors
/// [`Error::Database`].
pub async fn alone(tx: &mut Tx, id: &CustomerId) -> Result<Option<Subject>, Error> {
    let found = customer::get(tx, id).await?;
    Ok(found.map(|customer| Subject {
        who: Who::Customer(customer.id.clone()),
        contacts: Vec::new(),
        names: Vec::new(),
        identities: Vec::new(),
        conversations: Vec::new(),
        addresses: Vec::new(),
        jobs: Vec::new(),
        users: Vec::new(),
        customers: vec![customer.id],
        linked: Vec::new(),
    }))
}

/// The contacts who are the customer `id`: whoever has their number, or writes in a conversation that is linked to them, and
/// is the same by the rule of [`super::subject`].
///
/// # Errors
/// [`Error::Database`].
pub async fn persons(tx: &mut Tx, id: &CustomerId) -> Result<Vec<ContactId>, Error> {
    let rows = tx
        .rows(
            "SELECT c.contact_id AS id FROM thread t JOIN conversation c ON c.id = t.conversation_id
             WHERE t.customer_id = $1 AND c.contact_id IS NOT NULL
             UNION
             SELECT i.contact_id AS id FROM identity i JOIN customer k ON k.id = $1 AND k.phone_tail <> ''
             WHERE i.kind = 'phone' AND i.value LIKE '%' || k.phone_tail
             ORDER BY id LIMIT $2",
            args![id.as_str(), MOST],
        )
        .await?;
    let mut persons = Vec::new();
    for contact in texts(&rows, "id")? {
        let Some(found) = subject(tx, &ContactId(contact)).await? else { continue };
        if let Who::Contact(person) = found.who
            && found.customers.contains(id)
            && !persons.contains(&person)
        {
            persons.push(person);
        }
    }
    Ok(persons)
}
