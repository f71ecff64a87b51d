//! Deciding a question, whoever answers and by whatever way: may they, were they first, and what stands in the audit log.
//! Tells nobody: whoever took the answer in does.

use domain::{
    clock::Millis,
    contact::Role,
    id::{ContactId, QuestionId},
    question::{Answer, Choice, Purpose, Question},
};

use crate::{Error, Tx, audit, office, question};

/// Who answers. Verified by the caller: a contact by their number, staff by their session.
#[derive(Clone, Debug)]
pub struct Decider {
    /// As the audit log names them.
    pub actor: String,
    pub contact: Option<ContactId>,
    pub name: String,
    pub roles: Vec<Role>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Words {
    /// `None` for words of the person's own.
    pub choice: Option<Choice>,
    pub text: String,
    pub reason: Option<String>,
}

/// What an answer came to.
#[derive(Clone, Debug)]
pub enum Decision {
    Decided(Question, Answer),
    /// Answered, expired or cancelled before.
    Late(Question),
    /// It needs a role that the person does not hold.
    NotTheirRole(Question),
    /// It is about the person's own job, and the house does not let them decide that.
    OwnJob(Question),
    Unknown,
}

/// Decides `id` in one compare-and-set, with its entry in the audit log.
///
/// # Errors
/// [`Error::Database`].
pub async fn decide(
    tx: &mut Tx,
    id: &QuestionId,
    decider: &Decider,
    words: Words,
    own_jobs: bool,
    now: Millis,
) -> Result<Decision, Error> {
    let Some(asked) = question::get(tx, id).await? else { return Ok(Decision::Unknown) };
    if asked.purpose.role().is_some_and(|role| !decider.roles.contains(&role)) {
        return Ok(Decision::NotTheirRole(asked));
    }
    if !own_jobs && is_their_job(tx, decider, &asked).await? {
        return Ok(Decision::OwnJob(asked));
    }
    let answer = Answer {
        value: words.choice.as_ref().map(|choice| choice.value.clone()),
        text: words.choice.map_or(words.text, |choice| choice.title),
        reason: words.reason,
        by: decider.contact.clone(),
        by_name: decider.name.clone(),
        at: now,
    };
    if !question::decide(tx, id, &answer).await? {
        // Read again: somebody was first since.
        return Ok(question::get(tx, id).await?.map_or(Decision::Unknown, Decision::Late));
    }
    if let Purpose::Approval(proposal) = &asked.purpose {
        let entry = audit::Entry {
            actor: decider.actor.clone(),
            action: match answer.value.as_deref() {
                Some("approve") => "approved",
                Some("defer") => "deferred",
                _ => "declined",
            },
            subject: asked.id.0.clone(),
            digest: proposal.fingerprint.clone(),
        };
        audit::append(tx, &entry, now).await?;
    }
    Ok(Decision::Decided(asked, answer))
}

async fn is_their_job(tx: &mut Tx, decider: &Decider, asked: &Question) -> Result<bool, Error> {
    if asked.purpose.role().is_none() {
        return Ok(false);
    }
    let Some(job) = asked.purpose.job() else { return Ok(false) };
    Ok(office::job::get(tx, job).await?.is_some_and(|job| job.report.technician == decider.name))
}
