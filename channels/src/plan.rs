//! One thing to say as the messages that its channel takes. Pure and known to every process, since it is asked when
//! something is queued, by processes that do not serve the channel themselves.

use domain::{address::ChannelName, outbound::Content};

pub use domain::outbound::Plan;

use crate::whatsapp;

#[must_use]
pub fn plan(channel: &ChannelName, content: Content) -> Plan {
    let mut messages = match channel.as_str() {
        whatsapp::NAME => whatsapp::plan(&content),
        _ => Vec::new(),
    };
    let last = messages.pop().unwrap_or(content);
    Plan { before: messages, last }
}
