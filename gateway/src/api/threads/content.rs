//! Reads what staff want to say: checks it, finds the file, the template and the quoted message it names, and makes content
//! of it. Sends nothing.

use domain::{
    id::{MessageId, QuestionId, UploadId},
    message::{Media, MediaSource, Part},
    outbound::{Content, Template},
    question::{Choice, STAFF_CHOICE},
};
use store::{Tx, thread::Thread};

use super::{
    refusal::Refusal,
    send::{SendBody, TemplateBody, Words, not_with},
};
use crate::{
    api::field::{self, invalid, is_id},
    error::Problem,
    staff::Principal,
    state::Gateway,
};

const TEXT: usize = 16_000;
const CAPTION: usize = 4_000;
const BUTTONS: usize = 10;
const TITLE: usize = 72;
/// A template's values, each.
const VALUE: usize = 800;

pub(super) async fn read(
    gateway: &Gateway,
    tx: &mut Tx,
    principal: &Principal,
    thread: &Thread,
    body: &SendBody,
) -> Result<Words, Problem> {
    if body.caption.is_some() && body.upload_id.is_none() {
        return Err(invalid("caption", "only with upload_id"));
    }
    if !body.buttons.is_empty() && body.text.is_none() {
        return Err(invalid("buttons", "only with text"));
    }
    let said = match (&body.text, &body.template, &body.upload_id) {
        (Some(text), None, None) => words(gateway, text, &body.buttons)?,
        (None, Some(_), None) if body.reply_to.is_some() => return Err(not_with("reply_to", "template")),
        (None, Some(template), None) => template_of(gateway, template)?,
        (None, None, Some(upload)) => file(tx, principal, upload, body.caption.as_deref()).await?,
        (None, None, None) => return Err(invalid("text", "one of text, template and upload_id is needed")),
        _ => return Err(invalid("text", "only one of text, template and upload_id")),
    };
    let Some(reply_to) = &body.reply_to else { return Ok(said) };
    let quotes = quoted(tx, thread, reply_to).await?;
    let content = Content::Reply { quotes, body: Box::new(said.content) };
    Ok(Words { content, ..said })
}

fn words(gateway: &Gateway, text: &str, buttons: &[String]) -> Result<Words, Problem> {
    let text = field::text("text", text, TEXT)?;
    let content = if buttons.is_empty() {
        Content::Text { text }
    } else {
        Content::Question {
            question: QuestionId::new(&gateway.ids),
            text,
            choices: choices(gateway, buttons)?,
        }
    };
    Ok(Words { parts: content.parts(), content, upload: None })
}

fn choices(gateway: &Gateway, titles: &[String]) -> Result<Vec<Choice>, Problem> {
    if titles.len() > BUTTONS {
        return Err(invalid("buttons", format!("at most {BUTTONS}")));
    }
    let mut choices: Vec<Choice> = Vec::with_capacity(titles.len());
    for title in titles {
        let title = field::line("buttons", title, TITLE)?;
        if choices.iter().any(|other| other.title.to_lowercase() == title.to_lowercase()) {
            return Err(invalid("buttons", "each title once"));
        }
        let id = format!("{STAFF_CHOICE}{}", gateway.ids.token());
        choices.push(Choice { id, value: title.clone(), title });
    }
    Ok(choices)
}

fn template_of(gateway: &Gateway, asked: &TemplateBody) -> Result<Words, Problem> {
    let mut known = gateway.config.templates.iter();
    let offer = known.find(|offer| offer.name == asked.name && offer.language == asked.language);
    let offer =
        offer.ok_or_else(|| invalid("template.name", "there is no such template in that language"))?;
    if asked.values.len() != offer.values() {
        let detail = format!("the template wants {} values, not {}", offer.values(), asked.values.len());
        return Err(invalid("template.values", detail));
    }
    let values = asked.values.iter().map(|value| {
        // What Meta takes no more than one of is one.
        let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
        field::line("template.values", &line, VALUE)
    });
    let values: Vec<String> = values.collect::<Result<_, _>>()?;
    let text = offer.filled(&values);
    let template = Template {
        name: offer.name.clone(),
        language: offer.language.clone(),
        body: values,
        payloads: offer.replies.iter().map(|_| format!("{STAFF_CHOICE}{}", gateway.ids.token())).collect(),
    };
    let mut parts = vec![Part::text(text)];
    if !offer.replies.is_empty() {
        parts.push(Part::Options { titles: offer.replies.clone() });
    }
    Ok(Words { content: Content::Template(template), parts, upload: None })
}

async fn file(
    tx: &mut Tx,
    principal: &Principal,
    upload: &str,
    caption: Option<&str>,
) -> Result<Words, Problem> {
    let caption = caption.filter(|caption| !caption.trim().is_empty());
    let caption = caption.map(|caption| field::text("caption", caption, CAPTION)).transpose()?;
    let missing = || invalid("upload_id", "you uploaded no such file");
    let id = UploadId(upload.to_owned());
    let kept = if is_id(upload) { store::upload::get(tx, &id).await? } else { None };
    let kept = kept.filter(|kept| kept.user == principal.user).ok_or_else(missing)?;
    let media = Media {
        kind: crate::api::uploads::kind_of(&kept.mime),
        mime: kept.mime,
        name: Some(kept.name),
        caption,
        source: MediaSource::File(kept.path),
        transcript: None,
        voice: false,
        sha256: Some(kept.sha256),
    };
    let content = Content::Media(media);
    Ok(Words { parts: content.parts(), content, upload: Some(id) })
}

/// The provider's id of the message that is to be quoted.
async fn quoted(tx: &mut Tx, thread: &Thread, id: &str) -> Result<String, Problem> {
    if !is_id(id) {
        return Err(Refusal::Unquotable.into());
    }
    let message = store::message::get(tx, &MessageId(id.to_owned())).await?;
    let own = message.filter(|message| message.conversation == *thread.id());
    let own = own.ok_or(Refusal::Unquotable)?;
    let known = match own.external {
        Some(external) => Some(external),
        None => store::delivered::provider_id(tx, &own.id).await?,
    };
    known.ok_or_else(|| Refusal::Unquotable.into())
}
