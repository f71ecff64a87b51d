//! How something to decide is shown. Reads what is shown with it; decides nothing.

use domain::{
    id::JobId,
    question::{Answer, Choice, Purpose},
};
use serde::Serialize;
use serde_json::Value;
use store::{Tx, approval::Approval, contact, office};
use utoipa::ToSchema;

use crate::{
    api::{at, erased::Erased},
    error::Problem,
};

/// Something to decide, or decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalView {
    id: String,
    /// `approval`: a proposal that only its options decide. `escalation`: a question that words may answer.
    /// `outcome`: whether an interrupted call was done, which only its options answer.
    kind: &'static str,
    /// `open`, `answered`, `expired` or `cancelled`.
    state: &'static str,
    /// What runs on approval, exactly once.
    tool: Option<String>,
    arguments: Option<Value>,
    /// The figures as the billing rules computed them.
    facts: Option<Value>,
    /// As staff were asked.
    text: String,
    /// Whether what was asked, answered or done was erased; the words are empty then.
    erased: bool,
    options: Vec<OptionView>,
    takes_words: bool,
    job: Option<JobSummary>,
    asked: Vec<AskedView>,
    asked_at: String,
    expires_at: String,
    decision: Option<DecisionView>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OptionView {
    /// `approve`, `decline`, `defer`, or the title.
    pub value: String,
    title: String,
}

#[derive(Serialize, ToSchema)]
struct JobSummary {
    id: String,
    /// `null` where the job is not this house's to bill.
    state: Option<&'static str>,
    customer_id: Option<String>,
    customer: Option<String>,
    technician: Option<String>,
    work_done: Option<String>,
}

/// Somebody who was asked, and where.
#[derive(Serialize, ToSchema)]
struct AskedView {
    thread_id: String,
    contact_id: Option<String>,
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct DecisionView {
    /// The chosen option; null for words.
    value: Option<String>,
    text: String,
    reason: Option<String>,
    by: String,
    contact_id: Option<String>,
    at: String,
}

impl From<&Answer> for DecisionView {
    fn from(answer: &Answer) -> Self {
        Self {
            value: answer.value.clone(),
            text: answer.text.clone(),
            reason: answer.reason.clone(),
            by: answer.by_name.clone(),
            contact_id: answer.by.as_ref().map(|contact| contact.0.clone()),
            at: at(answer.at),
        }
    }
}

/// Every option as it was put to anybody, each beside those it was shown among.
pub(super) fn choices(found: &Approval) -> Vec<(Choice, Vec<Choice>)> {
    let puts = found.puts.iter();
    let put = puts.flat_map(|put| put.choices.iter().map(|choice| (choice.clone(), put.choices.clone())));
    let put: Vec<_> = put.collect();
    if !put.is_empty() || found.question.purpose.takes_words() {
        return put;
    }
    // Nobody could be reached, so nobody saw any: the values stand for themselves.
    let plain =
        |value: &str| Choice { id: value.to_owned(), title: value.to_owned(), value: value.to_owned() };
    let all: Vec<Choice> = ["approve", "decline", "defer"].map(plain).to_vec();
    all.iter().map(|choice| (choice.clone(), all.clone())).collect()
}

pub(super) fn options(found: &Approval) -> Vec<OptionView> {
    let mut options: Vec<OptionView> = Vec::new();
    for (choice, _) in choices(found) {
        if !options.iter().any(|option| option.value == choice.value) {
            options.push(OptionView { value: choice.value, title: choice.title });
        }
    }
    options
}

pub(super) async fn of(tx: &mut Tx, found: Approval) -> Result<ApprovalView, Problem> {
    let (options, mut erased) = (options(&found), Erased::default());
    let Approval { question, puts } = found;
    let job = match question.purpose.job() {
        Some(id) => Some(job(tx, id, &mut erased).await?),
        None => None,
    };
    let text = erased.told(puts.first().map_or_else(|| question.text.clone(), |put| put.body.clone()));
    let decision = question.answer.as_ref().map(|answer| {
        let text = erased.told(answer.text.clone());
        DecisionView { text, ..DecisionView::from(answer) }
    });
    let mut asked = Vec::with_capacity(puts.len());
    for put in puts {
        let name = match &put.contact {
            Some(id) => contact::get(tx, id).await?.map(|person| person.name),
            None => None,
        };
        let contact_id = put.contact.map(|contact| contact.0);
        asked.push(AskedView { thread_id: put.conversation.0, contact_id, name });
    }
    let takes_words = question.purpose.takes_words();
    let (kind, tool, arguments, facts) = match question.purpose {
        Purpose::Approval(proposal) => {
            ("approval", Some(proposal.tool), Some(proposal.arguments), Some(proposal.facts))
        }
        Purpose::Outcome { tool, arguments, .. } => ("outcome", Some(tool), Some(arguments), None),
        Purpose::Ask | Purpose::Escalation { .. } => ("escalation", None, None, None),
    };
    Ok(ApprovalView {
        id: question.id.0,
        kind,
        state: question.state.as_str(),
        tool,
        arguments,
        facts,
        text,
        options,
        takes_words,
        job,
        asked,
        asked_at: at(question.asked_at),
        expires_at: at(question.expires_at),
        decision,
        erased: erased.any(),
    })
}

async fn job(tx: &mut Tx, id: &JobId, erased: &mut Erased) -> Result<JobSummary, Problem> {
    let known = office::job::get(tx, id).await?;
    let customer = match &known {
        Some(job) => office::customer::get(tx, job.customer()).await?,
        None => None,
    };
    Ok(JobSummary {
        id: id.0.clone(),
        state: known.as_ref().map(|job| job.state.as_str()),
        customer_id: known.as_ref().map(|job| job.customer().0.clone()),
        customer: customer.map(|customer| customer.name),
        technician: known.as_ref().map(|job| job.report.technician.clone()),
        work_done: known.map(|job| erased.told(job.report.work_done)),
    })
}
